package render

import (
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func (m *module) function() error {
	f, _ := m.Function.Get()
	body := object("function_name", text(f.Name), "description", text(f.Description))
	m.code(&body, f)
	body = append(body, object(
		"runtime", text(f.Runtime), "handler", text(f.Handler), "architectures", oneOf(text(f.Architecture)),
		"memory_size", number("function.memory_size", f.MemorySize), "timeout", number("function.timeout", f.Timeout),
		"role", text(f.RoleARN), "kms_key_arn", text(f.KMSKeyARN), "layers", list(f.Layers),
		"reserved_concurrent_executions", number("function.reserved_concurrency", f.ReservedConcurrency),
		"code_signing_config_arn", text(f.CodeSigningConfigARN),
	)...)
	if m.Alias.IsKnown() {
		body.set("publish", true)
	}
	body.set("ephemeral_storage", blocks(object("size", number("function.ephemeral_storage", f.EphemeralStorage))))
	body.set("environment", blocks(object("variables", texts(m.environment))))
	body.set("tracing_config", blocks(object("mode", text(f.Tracing))))
	body.set("dead_letter_config", blocks(object("target_arn", text(f.DeadLetterARN))))
	if logging, set := f.Logging.Get(); set {
		body.set("logging_config", nested{object("log_group", m.logGroupName(logging), "log_format", text(logging.Format),
			"application_log_level", text(logging.ApplicationLevel), "system_log_level", text(logging.SystemLevel))})
	}
	if f.SnapStart.Or("None") != "None" {
		body.set("snap_start", nested{object("apply_on", text(f.SnapStart))})
	}
	if network, inside := f.Network.Get(); inside {
		body.set("vpc_config", nested{object("subnet_ids", list(network.SubnetIDs), "security_group_ids", list(network.SecurityGroupIDs),
			"ipv6_allowed_for_dual_stack", trueOnly(whether("function.network.ipv6", network.IPv6)))})
	}
	if files, mounted := f.FileSystem.Get(); mounted {
		body.set("file_system_config", nested{object("arn", text(files.ARN), "local_mount_path", text(files.LocalMountPath))})
	}
	if image, is := f.Image.Get(); is {
		body.set("image_config", blocks(object("command", list(image.Command), "entry_point", list(image.EntryPoint), "working_directory", text(image.WorkingDirectory))))
	}
	body.set("tags", m.tagMap())
	m.unmanaged(f)
	if attached := m.attachmentNames(); len(attached) > 0 {
		// Lambda asks whether the role may do what the settings need.
		body.set("depends_on", expression("["+strings.Join(attached, ", ")+"]"))
	}
	m.add("aws_lambda_function", this)
	m.blocks[len(m.blocks)-1].body = body
	return nil
}

func (m *module) attachmentNames() []string {
	var out []string
	for _, b := range m.blocks {
		if b.labels[0] == "aws_iam_role_policy_attachment" {
			out = append(out, strings.Join(b.labels, "."))
		}
	}
	return out
}

// settings are what the function's resource has no argument for.
func (m *module) settings() error {
	f, _ := m.Function.Get()
	if recursion := text(f.Recursion); recursion != nil {
		m.add("aws_lambda_function_recursion_config", this, "function_name", reference(objectFunction, attributeName), "recursive_loop", recursion)
	}
	if management, set := f.RuntimeManagement.Get(); set {
		m.add("aws_lambda_runtime_management_config", this, "function_name", reference(objectFunction, attributeName),
			"update_runtime_on", text(management.UpdateRuntimeOn), "runtime_version_arn", text(management.RuntimeVersionARN))
	}
	return nil
}

// code says where the package is.
func (m *module) code(body *fields, f bp.Function) {
	if f.Image.IsKnown() {
		uri := text(f.ImageURI)
		if uri == nil {
			uri = m.codeParameter("image uri", "Container image by its digest.", bp.Null[string]())
		}
		body.set("package_type", "Image")
		body.set("image_uri", uri)
		return
	}
	spec := sourceOf(f)
	if s3, stored := spec.S3.Get(); stored {
		body.set("s3_bucket", m.codeParameter("code bucket", "S3 bucket with the deployment package.", s3.Bucket))
		body.set("s3_key", m.codeParameter("code key", "Key of the deployment package in the bucket.", s3.Key))
		if s3.VersionID.IsKnown() {
			body.set("s3_object_version", m.codeParameter("code version", "Version of that object.", s3.VersionID))
		}
		return
	}
	path := bp.Null[string]()
	if text := spec.Path.Or(""); strings.HasSuffix(text, ".zip") || strings.HasSuffix(text, ".jar") {
		path = spec.Path
	}
	name := "code package"
	body.set("filename", m.codeParameter(name, "Path of the deployment package, a zip file.", path))
	body.set("source_code_hash", expression("filebase64sha256(var."+snake(name)+")"))
}
