//go:build go1.21

package dsn

import (
	"path"
	"strings"
)

// pair is a setting.
type pair struct{ key, value string }

func ofKeywords(list []pair) (t Target) {
	for _, p := range list {
		t.set(p.key, p.value)
	}
	return t
}

// keywords reads PostgreSQL's form: host=localhost user = 'my name' password='it\'s secret'. Where it is malformed, what
// has been read stands.
func keywords(s string) (list []pair) {
	for {
		s = strings.TrimLeft(s, " \t\r\n\v\f")
		key, rest, ok := strings.Cut(s, "=")
		key = strings.TrimRight(key, " \t\r\n\v\f")
		if !ok || key == "" || strings.ContainsAny(key, " \t\r\n\v\f'\\") {
			return list
		}
		value, rest, ok := keywordValue(strings.TrimLeft(rest, " \t\r\n\v\f"))
		if !ok {
			return list
		}
		list = append(list, pair{strings.ToLower(key), value})
		s = rest
	}
}

// keywordValue reads a value, in quotes or up to the next space, in which a backslash protects one byte.
func keywordValue(s string) (value, rest string, ok bool) {
	quoted := strings.HasPrefix(s, "'")
	if quoted {
		s = s[1:]
	}
	var b []byte
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			b = append(b, s[i])
		case quoted && c == '\'':
			return string(b), s[i+1:], true
		case !quoted && strings.IndexByte(" \t\r\n\v\f", c) >= 0:
			return string(b), s[i:], true
		default:
			b = append(b, c)
		}
	}
	return string(b), "", !quoted
}

// ofMySQL reads user:password@protocol(address)/database?settings. The password may hold anything, so it is read from the
// end, as the driver does.
func ofMySQL(s string) (t Target) {
	slash := strings.LastIndexByte(s, '/')
	if slash < 0 {
		return t
	}
	database, _, _ := strings.Cut(s[slash+1:], "?")
	t.Database = unescape(database)
	at := strings.LastIndexByte(s[:slash], '@')
	if at >= 0 {
		t.User, _, _ = strings.Cut(s[:at], ":")
	}
	protocol, address, ok := strings.Cut(s[at+1:slash], "(")
	address = strings.TrimSuffix(address, ")")
	if protocol != "" && !strings.HasPrefix(protocol, "tcp") {
		return t // a socket in the file system, or something of the program's own
	}
	if !ok || address == "" {
		address = "127.0.0.1"
	}
	if t.Host, t.Port = hostPort(address); t.Port == "" {
		t.Port = "3306"
	}
	return t
}

// ofSQLServer reads server=host\instance,1433;user id=sa;password={it;s};database=shop, with or without odbc: in front.
func ofSQLServer(s string) (t Target) {
	s = strings.TrimPrefix(s, "odbc:")
	for s != "" {
		var key, value string
		if key, s, _ = strings.Cut(s, "="); strings.Contains(key, ";") {
			return t // a setting without a value: what follows may be anything
		}
		if value, s = serverValue(s); value == "" {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "server", "data source", "address", "addr", "network address":
			t.server(value)
		default:
			t.set(key, value)
		}
	}
	return t
}

// serverValue reads a value up to the next semicolon. It may stand in braces or double quotes, which are doubled inside.
func serverValue(s string) (value, rest string) {
	s = strings.TrimLeft(s, " ")
	closing := ""
	switch {
	case strings.HasPrefix(s, "{"):
		closing = "}"
	case strings.HasPrefix(s, `"`):
		closing = `"`
	default:
		value, rest, _ = strings.Cut(s, ";")
		return strings.TrimSpace(value), rest
	}
	for s = s[1:]; ; {
		part, after, ok := strings.Cut(s, closing)
		value, s = value+part, after
		if !ok || !strings.HasPrefix(s, closing) {
			break
		}
		value, s = value+closing, s[1:]
	}
	_, rest, _ = strings.Cut(s, ";")
	return value, rest
}

func (t *Target) server(s string) {
	s = strings.TrimPrefix(s, "tcp:")
	s, port, _ := strings.Cut(s, ",")
	t.Port = number(strings.TrimSpace(port))
	t.Host, t.Instance, _ = strings.Cut(s, `\`)
}

// sqliteFile is the name of the file, without its folder and without settings, among which there may be a key.
func sqliteFile(s string) string {
	s, _, _ = strings.Cut(s, "?")
	s = strings.TrimPrefix(s, "sqlite://")
	s = strings.TrimPrefix(s, "file:")
	if s == "" || strings.HasSuffix(s, "/") {
		return ""
	}
	return path.Base(strings.ReplaceAll(s, `\`, "/"))
}
