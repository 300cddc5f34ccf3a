package draft

import bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"

// inferImage states what overrides the image, and the image itself where no tag
// says how the configuration named it.
func inferImage(spec *bp.Spec, f bp.Function) {
	image, ok := f.Image.Get()
	if !ok {
		return
	}
	code, _ := spec.Code.Get()
	stated := code.Image.Or(bp.ImageSpec{URI: f.ImageURI})
	stated.Command, stated.EntryPoint, stated.WorkingDirectory = image.Command, image.EntryPoint, image.WorkingDirectory
	spec.Code = bp.Known(bp.CodeSpec{Image: bp.Known(stated)})
}

func (d *drafter) imageURI() bp.String {
	return bp.Then(d.spec.IsImage(), func(image bool) bp.String {
		if !image {
			return bp.Null[string]()
		}
		return d.facts.ImageURI
	})
}

// image drafts what a function made from an image has of its own.
func (d *drafter) image() bp.Value[bp.Image] {
	return bp.Then(d.spec.Code, func(code bp.CodeSpec) bp.Value[bp.Image] {
		return bp.Map(code.Image, func(i bp.ImageSpec) bp.Image {
			return bp.Image{
				Command: noneIsNullList(i.Command), EntryPoint: noneIsNullList(i.EntryPoint),
				WorkingDirectory: emptyIsNull(i.WorkingDirectory),
			}
		})
	})
}

func noneIsNullList(v bp.Value[bp.List]) bp.Value[bp.List] {
	return bp.Then(v, func(list bp.List) bp.Value[bp.List] {
		if len(list) == 0 {
			return bp.Null[bp.List]()
		}
		return bp.Known(list)
	})
}
