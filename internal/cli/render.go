package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/secure-lambda/terraform-provider-secure/internal/render"
	"github.com/secure-lambda/terraform-provider-secure/internal/shown"
)

type renderFlags struct {
	format, address, directory string
	leave                      bool
}

func newRender() *cobra.Command {
	f := &renderFlags{}
	command := &cobra.Command{
		Use:   "render FILE",
		Short: "Convert units to CloudFormation, SAM or plain Terraform",
		Long: `Writes the units of a plan or state in another language: for scanners that read
it, for sam local invoke, or to continue without this provider. FILE is the output
of terraform show -json; - reads standard input. No AWS call is made.

Environment variables become parameters, with the value from the plan as default
unless it is marked sensitive. Values that the plan does not know yet become
parameters too. Tags that the provider recognises its own objects by are left out.

With --leave the output also has the import and removed blocks with which
hashicorp/aws takes over what exists and Terraform forgets the unit, without
destroying anything.`,
		Example: `  terraform plan -out=plan && terraform show -json plan > plan.json
  ` + name + ` render plan.json --format sam > template.yaml
  ` + name + ` render state.json --format terraform --directory rendered
  ` + name + ` render state.json --format terraform --leave --address secure_lambda.orders > orders.tf`,
		Args: cobra.ExactArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			return f.run(command.InOrStdin(), command.OutOrStdout(), args[0])
		},
	}
	flags := command.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.format, "format", string(render.CloudFormation), "output `FORMAT`: cloudformation, sam or terraform")
	flags.StringVar(&f.address, "address", "", "`ADDRESS` of the unit, such as secure_lambda.orders; needed if FILE has several, unless --directory is given")
	flags.StringVar(&f.directory, "directory", "", "write one file per unit into `DIR`, named after the unit (default: one unit to standard output)")
	flags.BoolVar(&f.leave, "leave", false, "with --format terraform: also write the import and removed blocks that move the unit to hashicorp/aws")
	return command
}

func (f *renderFlags) run(in io.Reader, out io.Writer, path string) error {
	format := render.Format(f.format)
	if !slices.Contains(render.Formats(), format) {
		return usageError{fmt.Errorf("format: %q must be cloudformation, sam or terraform", f.format)}
	}
	if f.leave && format != render.Terraform {
		return usageError{errors.New("leave: import and removed blocks are Terraform's; add --format terraform")}
	}
	units, err := readUnits(in, path)
	if err != nil {
		return err
	}
	if f.address != "" {
		chosen := slices.DeleteFunc(slices.Clone(units), func(u shown.Unit) bool { return u.Address != f.address })
		if len(chosen) == 0 {
			return usageError{fmt.Errorf("address: there is no %q in %s; there are %s", f.address, path, addresses(units))}
		}
		units = chosen
	}
	if len(units) == 0 {
		return fmt.Errorf("%s has no %s", path, shown.Type)
	}
	if f.directory != "" {
		return f.writeFiles(format, units)
	}
	if len(units) > 1 {
		return usageError{fmt.Errorf("there are several units. Choose one with --address, or write them all with --directory: %s", addresses(units))}
	}
	text, blocks, err := f.render(format, units[0])
	if err != nil {
		return err
	}
	if f.leave {
		text += "\n" + blocks
	}
	_, err = io.WriteString(out, text)
	return err
}

// render writes a unit, with the blocks that take it over if they are asked for.
func (f *renderFlags) render(format render.Format, u shown.Unit) (text, blocks string, err error) {
	if f.leave {
		text, blocks, err = render.Leave(u.Unit, u.Address)
	} else {
		text, err = render.Render(format, u.Unit)
	}
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", u.Address, err)
	}
	return text, blocks, nil
}

// addresses lists units as a shell takes them.
func addresses(units []shown.Unit) string {
	var out []string
	for _, u := range units {
		out = append(out, "'"+u.Address+"'")
	}
	return cmp.Or(strings.Join(out, ", "), "none")
}

// readUnits reads what terraform show -json printed.
func readUnits(in io.Reader, path string) ([]shown.Unit, error) {
	text, err := []byte(nil), error(nil)
	if path == "-" {
		text, err = io.ReadAll(in)
	} else {
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, usageError{err}
	}
	units, err := shown.Read(text)
	if errors.Is(err, shown.ErrNotShown) {
		return nil, usageError{fmt.Errorf("%s: %w", path, err)}
	}
	return units, err
}

// writeFiles renders all units before it writes the first file.
func (f *renderFlags) writeFiles(format render.Format, units []shown.Unit) error {
	texts := map[string]string{}
	for _, u := range units {
		text, blocks, err := f.render(format, u)
		if err != nil {
			return err
		}
		file := filepath.Join(f.directory, u.Name()+format.Extension())
		if format == render.Terraform { // resources of two units have the same names
			file = filepath.Join(f.directory, u.Name(), "main.tf")
		}
		if _, taken := texts[file]; taken {
			return fmt.Errorf("%s: another unit is called %s too; render them one by one with --address", u.Address, u.Name())
		}
		texts[file] = text
		if f.leave {
			texts[filepath.Join(filepath.Dir(file), "leave.tf")] = blocks
		}
	}
	for file, text := range texts {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
