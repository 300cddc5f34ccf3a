package artifact

import (
	"bytes"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// node is a file or, with a target, a link of a tree.
type node struct{ name, content, target string }

// pnpmTree is laid out as pnpm does: every package in a store of its own, with
// links to what it requires beside it.
var pnpmTree = []node{
	{name: "index.mjs", content: "import a from 'a'\nexport const handler = async () => a\n"},
	{name: "package.json", content: `{"dependencies":{"a":"1.0.0"}}`},
	{name: "node_modules/.modules.yaml", content: "layoutVersion: 5\n"},
	{name: "node_modules/.pnpm/a@1.0.0/node_modules/a/index.js", content: "module.exports = require('b')\n"},
	{name: "node_modules/.pnpm/a@1.0.0/node_modules/a/package.json", content: `{"name":"a"}`},
	{name: "node_modules/.pnpm/b@2.0.0/node_modules/b/index.js", content: "exports.b = () => require('a')\n"},
	{name: "node_modules/a", target: ".pnpm/a@1.0.0/node_modules/a"},
	{name: "node_modules/.pnpm/a@1.0.0/node_modules/b", target: "../../b@2.0.0/node_modules/b"},
	{name: "node_modules/.pnpm/b@2.0.0/node_modules/a", target: "../../a@1.0.0/node_modules/a"}, // a circle
	{name: "node_modules/.pnpm/node_modules/b", target: "../b@2.0.0/node_modules/b"},
}

// plant writes a tree in the order given. Links are absolute if asked for.
func plant(t *testing.T, root string, tree []node, absolute bool) string {
	t.Helper()
	for _, n := range tree {
		if n.target == "" {
			write(t, root, n.name, n.content, 0o644)
			continue
		}
		at := filepath.Join(root, n.name)
		must(t, os.MkdirAll(filepath.Dir(at), 0o755))
		target := n.target
		if absolute {
			target = filepath.Join(filepath.Dir(at), target)
		}
		must(t, os.Symlink(target, at))
	}
	return root
}

// TestPack_KeepsTheLinksOfPnpm packs each file once, and links as links.
func TestPack_KeepsTheLinksOfPnpm(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), pnpmTree, false)
	_, got := open(t, root)
	want := map[string]packed{}
	for _, n := range pnpmTree {
		want[n.name] = packed{0o644, n.content}
		if n.target != "" {
			want[n.name] = packed{modeLink, n.target}
		}
	}
	same(t, "package", got, want)
	found := examined(t, root, Run{Runtime: "nodejs24.x", Handler: "index.handler", Architecture: "arm64"})
	wantRemark(t, "directory", found, "", false, "")
	raw, _, err := Read(root)
	must(t, err)
	wantRemark(t, "zip of it", examined(t, zipFile(t, raw), Run{Runtime: "nodejs24.x", Handler: "index.handler", Architecture: "arm64"}), "", false, "")
}

// TestPack_LinksGiveTheSameBytesEverywhere makes trees in many places and orders.
func TestPack_LinksGiveTheSameBytesEverywhere(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(14, 8))
	for range 20 {
		tree := randomTree(random)
		var first []byte
		for round := range 4 {
			root := filepath.Join(t.TempDir(), strings.Repeat("deep/", round), "package")
			random.Shuffle(len(tree), func(i, j int) { tree[i], tree[j] = tree[j], tree[i] })
			plant(t, root, tree, round%2 == 1)
			raw, _, err := Read(root)
			must(t, err)
			if first == nil {
				first = raw
			}
			if !bytes.Equal(raw, first) {
				t.Fatalf("round %d has other bytes: %v", round, tree)
			}
		}
	}
}

// randomTree has some files in folders, and links to files and folders of it.
func randomTree(random *rand.Rand) []node {
	var tree []node
	folders := []string{"a", "a/b", "c/d/e", "node_modules/x"}
	for i, folder := range folders {
		tree = append(tree, node{name: folder + "/file.js", content: strings.Repeat("x", i)})
	}
	for i := range 1 + random.IntN(6) {
		from, to := folders[random.IntN(len(folders))], folders[random.IntN(len(folders))]
		if random.IntN(2) == 0 {
			to += "/file.js"
		}
		target, _ := filepath.Rel("/"+from, "/"+to) // both are absolute, so it never fails
		tree = append(tree, node{name: from + "/link" + string(rune('a'+i)), target: target})
	}
	return tree
}

// TestPack_LinksIntoLayers are kept, whatever this machine has in /opt.
func TestPack_LinksIntoLayers(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), []node{
		{name: "index.mjs", content: "export const handler = 1"},
		{name: "node_modules", target: "/opt/nodejs/node_modules"},
		{name: "again", target: "node_modules"},
	}, false)
	_, got := open(t, root)
	want := packed{modeLink, "/opt/nodejs/node_modules"}
	same(t, "package", got, map[string]packed{"index.mjs": {0o644, "export const handler = 1"}, "node_modules": want, "again": want})
	run := Run{Runtime: "nodejs24.x", Handler: "index.handler", Layers: true}
	wantRemark(t, "with layers", examined(t, root, run), "code", false, "links into layers")
	run.Layers = false
	wantRemark(t, "without layers", examined(t, root, run), "code", false, "Name the layer in layers, or pack the file itself.")
}

// TestPack_LinkToWhatIsLeftOut packs the file itself.
func TestPack_LinkToWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	root := plant(t, t.TempDir(), []node{{name: ".git/HEAD", content: "ref"}, {name: "HEAD", target: ".git/HEAD"}, {name: "self", target: "."}}, false)
	_, got := open(t, root)
	same(t, "package", got, map[string]packed{"HEAD": {0o644, "ref"}, "self": {fs.ModeSymlink | 0o777, "."}})
}

// TestPack_LinkOutOfAWorkspace says how the packages of a workspace are packed.
func TestPack_LinkOutOfAWorkspace(t *testing.T) {
	t.Parallel()
	both := t.TempDir()
	write(t, both, "packages/shared/index.js", "", 0o644)
	root := plant(t, filepath.Join(both, "app"), []node{{name: "node_modules/shared", target: "../../packages/shared"}}, false)
	refused(t, root, "The code package holds a file that cannot be packed", "outside the package", "pnpm deploy")
}
