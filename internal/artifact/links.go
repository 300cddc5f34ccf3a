package artifact

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// unpackedAt is where Lambda unpacks a package.
const unpackedAt = "/var/task"

// atRunTime are the places a link may lead to besides layers: they exist
// where the function runs.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
var atRunTime = []string{"/tmp", "/var/task", "/var/lang", "/var/runtime"}

// ofImage are folders of the image that the runtime runs in. What is in them
// differs between images, and between their releases.
// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
var ofImage = []string{"/bin", "/dev", "/etc", "/lib", "/lib64", "/proc", "/sbin", "/sys", "/usr"}

// mostHops is how many links are followed one after the other, as Linux does.
const mostHops = 40

// seeLink takes note of a link, and refuses one that leads out.
func (x *examination) seeLink(f file) error {
	text, err := f.head(linkLooked)
	if err != nil {
		return err
	}
	to := string(text)
	switch {
	case to == "":
		return twoReadings("%q is a link that points to nothing", packAnew, f.name)
	case strings.ContainsRune(to, 0):
		return twoReadings("%q is a link that has a zero byte in where it points, where some end it", packAnew, f.name)
	}
	absolute := path.IsAbs(to)
	if !absolute {
		to = path.Join(unpackedAt, path.Dir(f.name), to)
	}
	x.seeTurn(f.name, string(text))
	to = path.Clean(to)
	switch {
	case below(to, []string{layersAt}):
		x.links[f.name] = to
		x.toLayers = append(x.toLayers, fmt.Sprintf("%q to %q", f.name, to))
	case below(to, atRunTime):
		x.links[f.name] = to
	case absolute && below(to, ofImage):
		x.links[f.name] = to
		x.toImage = append(x.toImage, fmt.Sprintf("%q to %q", f.name, to))
	case absolute:
		x.remark("code", true, "The code package holds a link out of itself", "%q points to %q, which is not in the package and not there when the function runs. Put the file itself there.", f.name, text)
	default:
		x.remark("code", true, "The code package holds a link out of itself", "%q points to %q, which leads out of the package, to %q when the function runs. Put the file itself there.", f.name, text, to)
	}
	return nil
}

// seeTurn takes note of what a link goes through before it goes up again.
func (x *examination) seeTurn(name, to string) {
	at := path.Dir(name)
	if path.IsAbs(to) {
		at = "/"
	}
	down := false
	for step := range strings.SplitSeq(to, "/") {
		if step == ".." && down {
			x.turns = append(x.turns, turn{name, to, strings.TrimPrefix(at, unpackedAt+"/")})
		}
		down = step != "" && step != "." && (step != ".." || down)
		at = path.Join(at, step)
	}
}

// turn is a link that goes up again from a folder.
type turn struct{ link, to, folder string }

// judgeTurns refuses links that go up again from another link: Linux goes up from
// where that leads, and whoever reads the path from where it stands.
func (x *examination) judgeTurns() error {
	for _, t := range x.turns {
		if _, linked := x.follow(t.folder); linked {
			return &Error{
				Summary: "The code package holds a link that leads elsewhere than it reads",
				Detail: fmt.Sprintf("%q points to %q, which goes through a link and up again. Linux goes up from where that link leads, so that what runs may not be what was looked at. "+
					"Have the link point to the file itself.", t.link, t.to),
			}
		}
	}
	return nil
}

// below reports whether a name is one of the places, or in one.
func below(name string, places []string) bool {
	return slices.ContainsFunc(places, func(place string) bool { return name == place || strings.HasPrefix(name, place+"/") })
}

// find looks a file up as the function will, through links. open says that the
// name leads to where only the function can look.
func (x *examination) find(name string) (f file, found, open bool) {
	name = path.Clean(name)
	for range mostHops {
		if f, found = x.files[name]; found {
			return f, true, false
		}
		next, linked := x.follow(name)
		if !linked {
			return file{}, false, false
		}
		inside := strings.TrimPrefix(next, unpackedAt+"/")
		if inside == next {
			return file{}, false, true
		}
		name = inside
	}
	return file{}, false, false
}

// follow replaces the first link on the way to a name by where it leads.
func (x *examination) follow(name string) (string, bool) {
	for end := 0; end < len(name); {
		slash := strings.IndexByte(name[end:], '/')
		if slash < 0 {
			end = len(name)
		} else {
			end += slash
		}
		if to, linked := x.links[name[:end]]; linked {
			return path.Join(to, name[end:]), true
		}
		end++
	}
	return name, false
}

// judgeLinks tells of links that lead nowhere, and of those that may.
func (x *examination) judgeLinks() {
	if len(x.toImage) > 0 {
		x.remark("code", false, "The code package holds links into the runtime's image",
			"%s: whether that is there depends on the runtime's image, which AWS updates. Pack the file itself where the function needs it.", listed(x.toImage))
	}
	switch {
	case len(x.toLayers) > 0 && x.run.Layers:
		x.remark("code", false, "The code package holds links into layers",
			"%s: this works only if one of the layers has a file or folder there, which is not checked. Make sure that every version of the layers that you name brings it, or pack the file itself.", listed(x.toLayers))
	case len(x.toLayers) > 0:
		x.remark("code", false, "The code package holds links into layers, and the function has none",
			"%s: /opt is empty without a layer, so whatever opens the link fails when the function runs. Name the layer in layers, or pack the file itself.", listed(x.toLayers))
	}
	folders := map[string]bool{".": true, unpackedAt: true}
	for name := range x.files {
		for folder := path.Dir(name); !folders[folder]; folder = path.Dir(folder) {
			folders[folder] = true
		}
	}
	var lost []string
	for _, name := range sorted(x.links) {
		if !x.leadsSomewhere(name, folders) {
			lost = append(lost, name)
		}
	}
	if len(lost) > 0 {
		x.remark("code", false, "The code package holds links that lead nowhere", "%s: the package has nothing where they point. What opens them fails when the function runs. Pack the files themselves, or leave the links out.", named(lost))
	}
}

func (x *examination) leadsSomewhere(name string, folders map[string]bool) bool {
	if _, found, open := x.find(name); found || open {
		return true
	}
	for range mostHops {
		next, linked := x.follow(name)
		if !linked {
			return folders[name]
		}
		name = strings.TrimPrefix(next, unpackedAt+"/")
		if folders[name] {
			return true
		}
	}
	return false
}

// real is a name without the links on its way.
func (x *examination) real(name string) string {
	name = path.Clean(name)
	for range mostHops {
		next, linked := x.follow(name)
		if !linked {
			break
		}
		name = strings.TrimPrefix(next, unpackedAt+"/")
	}
	return name
}

// seeLinkedJars finds the jars that lib reaches through links: lib may be one
// itself.
func (x *examination) seeLinkedJars() {
	if x.run.handlerClass() == "" || len(x.links) == 0 {
		return
	}
	x.linkedJars = map[string]bool{}
	lib := x.real("lib")
	for name := range x.files {
		if path.Dir(name) == lib && strings.HasSuffix(name, ".jar") {
			x.linkedJars[name] = true
		}
	}
	for name := range x.links {
		if path.Dir(name) == lib && strings.HasSuffix(name, ".jar") {
			x.linkedJars[x.real(name)] = true
		}
	}
}

// named lists the first of many names.
func named(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	return listed(quoted)
}

// listed lists the first of many things.
func listed(all []string) string {
	const most = 3
	text := strings.Join(all[:min(most, len(all))], ", ")
	if more := len(all) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
