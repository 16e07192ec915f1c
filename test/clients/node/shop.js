'use strict'

// The same trace as the others make, by dd-trace for Node.js.
const tracer = require('dd-trace').init({ service: 'shop', env: 'ci', version: '1.2' })

const root = tracer.startSpan('web.request', {
  tags: { 'resource.name': 'GET /pay', 'span.type': 'web', 'span.kind': 'server', vip: 'true', items: 3 }
})
const child = tracer.startSpan('db.query', {
  childOf: root,
  tags: { 'service.name': 'db', 'resource.name': 'SELECT 1', text: 'né"e<b>' }
})
child.addEvent('retry', { attempt: 2, why: 'busy', list: ['a', 'b'] })
child.setTag('error', new TypeError('no such table'))
child.finish()
root.finish()

// Telemetry and remote configuration get their turns.
setTimeout(() => process.exit(0), 4000)
