package artifact

import "testing"

func TestMeantRuntime(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		// Newer than this release, as far as can be told.
		"python3.16": "", "python3.99": "", "python4.0": "", "nodejs28.x": "", "nodejs26.x": "", "java29": "", "java99": "", "dotnet12": "", "ruby3.6": "", "ruby4.1": "", "ruby5.0": "",
		"provided.al2026": "", "java29.al2026": "", "java21.al2023": "", "nodejs25.x": "",
		// Like none.
		"cobol": "", "": "", "php8.4": "", "elixir1.18": "", "perl5": "",
		// Letters.
		"pyhton3.13": "python3.13", "pyton3.13": "python3.13", "phyton3.14": "python3.14", "nodjs22.x": "nodejs22.x", "nodesj22.x": "nodejs22.x",
		"jaav21": "java21", "dotent8": "dotnet8", "rubby3.4": "ruby3.4", "java21lts": "", "python3.12b": "python3.12", "providedal2023": "provided.al2023", "pyhton3.16": "python3.14",
		// Case and signs.
		"Python3.12": "python3.12", "PYTHON_3_12": "python3.12", "python-3.12": "python3.12", "python 3.12": "python3.12", "python312": "python3.12", "python3.12 ": "python3.12", "python3,12": "python3.12",
		"NODEJS_22_X": "nodejs22.x", "nodejs22": "nodejs22.x", "nodejs22x": "nodejs22.x", "Java21": "java21", "java-21": "java21", "dotnet8.0": "dotnet8", "dotnet-8": "dotnet8", "PROVIDED_AL2023": "provided.al2023",
		// Other tools' names.
		"node22": "nodejs22.x", "node22.x": "nodejs22.x", "node.js22.x": "nodejs22.x", "node": "nodejs24.x", "py3.12": "python3.12", "corretto21": "java21", "al2023": "provided.al2023", "go": "provided.al2023",
		"golang": "provided.al2023", "rust": "provided.al2023", "python": "python3.14", "python3": "python3.14", "java": "java25", "ruby": "ruby4.0", "dotnet": "dotnet10", "typescript": "nodejs24.x",
		// Never was.
		"python3.5": "python3.14", "python3.1": "python3.14", "nodejs21.x": "nodejs24.x", "provided.al202": "provided.al2023",
	} {
		if got := MeantRuntime(id); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
	for id := range runtimes() {
		if got := NewerRuntime(id); got == id {
			t.Errorf("%s is newer than itself", id)
		}
	}
}

// TestNewerRuntime compares versions: what is newer than this release is not
// outdated by what it knows.
func TestNewerRuntime(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"python3.15": "", "python3.14": "", "python3.13": "python3.14", "python3.9": "python3.14", "nodejs26.x": "", "nodejs22.x": "nodejs24.x", "java29": "", "java21": "java25",
		"ruby3.6": "ruby4.0", "ruby4.2": "", "dotnet12": "", "dotnet8": "dotnet10", "provided.al2023": "", "provided.al2026": "", "cobol": "", "java17.al2023": "java25",
	} {
		if got := NewerRuntime(id); got != want {
			t.Errorf("%s: %q, want %q", id, got, want)
		}
	}
}
