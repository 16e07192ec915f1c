//go:build go1.21

package otlp

// longestKey is the length of the longest key that has another name.
const longestKey = len("kube_container_name")

// renamed returns what OpenTelemetry calls a tag of Datadog's, nil if that is what it is called already. The pairs are
// those of the Collector's Datadog receiver (https://github.com/open-telemetry/opentelemetry-collector-contrib,
// receiver/datadogreceiver/internal/translator/tags.go), which does not care for upper and lower case.
func renamed(key []byte) string {
	if len(key) > longestKey {
		return ""
	}
	var lower [longestKey]byte
	for i, c := range key {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	switch string(lower[:len(key)]) {
	case "env":
		return "deployment.environment"
	case "service":
		return "service.name"
	case "version":
		return "service.version"
	case "process_id":
		return "process.pid"
	case "error.stacktrace":
		return "exception.stacktrace"
	case "error.msg":
		return "exception.message"

	case "container_id":
		return "container.id"
	case "container_name":
		return "container.name"
	case "image_name":
		return "container.image.name"
	case "image_tag":
		return "container.image.tag"
	case "runtime":
		return "container.runtime"

	case "cloud_provider":
		return "cloud.provider"
	case "region":
		return "cloud.region"
	case "zone":
		return "cloud.availability_zone"

	case "task_family":
		return "aws.ecs.task.family"
	case "task_arn":
		return "aws.ecs.task.arn"
	case "ecs_cluster_name":
		return "aws.ecs.cluster.arn"
	case "task_version":
		return "aws.ecs.task.revision"
	case "ecs_container_name":
		return "aws.ecs.container.arn"

	case "kube_container_name":
		return "k8s.container.name"
	case "kube_cluster_name":
		return "k8s.cluster.name"
	case "kube_deployment":
		return "k8s.deployment.name"
	case "kube_replica_set":
		return "k8s.replicaset.name"
	case "kube_stateful_set":
		return "k8s.statefulset.name"
	case "kube_daemon_set":
		return "k8s.daemonset.name"
	case "kube_job":
		return "k8s.job.name"
	case "kube_cronjob":
		return "k8s.cronjob.name"
	case "kube_namespace":
		return "k8s.namespace.name"
	case "pod_name":
		return "k8s.pod.name"
	}
	return ""
}
