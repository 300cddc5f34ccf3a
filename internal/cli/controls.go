package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/secure-lambda/terraform-provider-secure/internal/posture"
)

type controlsFlags struct{ format, minimum string }

func newControls() *cobra.Command {
	f := &controlsFlags{}
	command := &cobra.Command{
		Use:   "controls",
		Short: "List the controls that units have to meet",
		Long: `Lists the controls that units have to meet, each with the matching checks of other
catalogues: Security Hub, AWS Config, checkov, Prowler, cdk-nag, cfn-guard, Trivy
and Control Tower. A waiver names a control by the id in the first column. No AWS
call is made.`,
		Example: `  ` + name + ` controls
  ` + name + ` controls --minimum pci --format json`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error { return f.run(command.OutOrStdout()) },
	}
	flags := command.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.minimum, "minimum", "", "only controls that `POSTURE` asks for: baseline, fsbp, nist, pci or hipaa (default: all controls)")
	flags.StringVar(&f.format, "format", "table", "output `FORMAT`: table, json or markdown")
	return command
}

// shownControl is a control as JSON.
type shownControl struct {
	ID       string              `json:"control"`
	Title    string              `json:"title"`
	Severity string              `json:"severity"`
	Stops    bool                `json:"stops_a_change"`
	Input    bool                `json:"needs_input"`
	Postures []string            `json:"minimum_postures"`
	External map[string][]string `json:"external"`
	Remedy   string              `json:"remedy"`
	Page     string              `json:"page"`
	Since    string              `json:"since"`
}

func (f *controlsFlags) run(out io.Writer) error {
	if f.minimum != "" && !posture.IsStandard(f.minimum) {
		return usageError{fmt.Errorf("minimum: %q must be one of %s", f.minimum, posture.StandardNames())}
	}
	var list []shownControl
	for _, c := range posture.Controls() {
		if f.minimum == "" || c.AskedBy(posture.Standard(f.minimum)) {
			list = append(list, show(c))
		}
	}
	switch f.format {
	case "json":
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(list)
	case "markdown":
		return markdown(out, list)
	case "table":
		table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "CONTROL\tSEVERITY\tASKED BY\tTITLE")
		for _, c := range list {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", c.ID, c.Severity, strings.Join(c.Postures, " "), c.Title)
		}
		return table.Flush()
	}
	return usageError{fmt.Errorf("format: %q must be table, json or markdown", f.format)}
}

func show(c posture.Control) shownControl {
	s := shownControl{
		ID: c.ID, Title: c.Title, Severity: c.Severity.String(), Stops: c.Severity >= posture.High && !c.Input, Input: c.Input,
		Postures: []string{}, External: map[string][]string{}, Remedy: c.Remedy, Page: c.Page, Since: c.Since,
	}
	for _, standard := range posture.Standards() {
		if c.AskedBy(standard) {
			s.Postures = append(s.Postures, string(standard))
		}
	}
	for _, e := range c.External {
		s.External[e.Catalogue] = append(s.External[e.Catalogue], e.ID)
	}
	return s
}

// catalogues in the order of the columns' text.
var catalogues = []string{"securityhub", "config", "controltower", "checkov", "prowler", "cfn-guard", "cdk-nag", "trivy"}

func markdown(out io.Writer, list []shownControl) error {
	var text strings.Builder
	text.WriteString("| control | severity | asked for by | what it wants | the same elsewhere |\n|---|---|---|---|---|\n")
	for _, c := range list {
		var elsewhere []string
		for _, catalogue := range catalogues {
			if ids := c.External[catalogue]; len(ids) > 0 {
				elsewhere = append(elsewhere, catalogue+": "+strings.Join(ids, ", "))
			}
		}
		severity := c.Severity
		if c.Stops {
			severity = "**" + severity + "**"
		}
		if c.Input {
			severity += ", needs input"
		}
		fmt.Fprintf(&text, "| [`%s`](%s) | %s | %s | %s. %s | %s |\n", c.ID, c.Page, severity, strings.Join(c.Postures, ", "), c.Title, c.Remedy, strings.Join(elsewhere, "; "))
	}
	_, err := io.WriteString(out, text.String())
	return err
}
