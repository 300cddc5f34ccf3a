package render

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	bp "github.com/secure-lambda/terraform-provider-secure/internal/blueprint"
)

func (t *template) function() error {
	f, _ := t.Function.Get()
	properties := t.functionProperties(f)
	if t.serverless {
		t.serverlessFunction(f, properties)
		return nil
	}
	t.add("Function", "AWS::Lambda::Function", properties)
	alias, served := t.Alias.Get()
	if !served {
		return nil
	}
	// A version is never changed, so another content needs another id.
	digest := sha256.Sum256(fmt.Appendf(nil, "%v %v", properties, f.CodeSHA256))
	version := "Version" + hex.EncodeToString(digest[:4])
	t.add(version, "AWS::Lambda::Version", object("FunctionName", reference(objectFunction, attributeName)), "DeletionPolicy", retain, "UpdateReplacePolicy", retain)
	t.add("Alias", "AWS::Lambda::Alias", object(
		"Name", text(alias.Name), "Description", text(alias.Description),
		"FunctionName", reference(objectFunction, attributeName), "FunctionVersion", reference(version, "version"),
	))
	if alias.Weights.IsKnown() {
		t.note("the alias sends all traffic to one version here")
	}
	if async, configured := t.Async.Get(); configured {
		properties := object("FunctionName", reference(objectFunction, attributeName), "Qualifier", text(alias.Name))
		t.add("AsynchronousInvocations", "AWS::Lambda::EventInvokeConfig", append(properties, t.async(async)...), "DependsOn", "Alias")
	}
	return nil
}

// functionProperties are those with the same name in both languages, and
// CloudFormation's words for the rest.
func (t *template) functionProperties(f bp.Function) fields {
	out := object("FunctionName", text(f.Name), "Description", text(f.Description))
	t.code(&out, f)
	out.set("Runtime", text(f.Runtime))
	out.set("Handler", text(f.Handler))
	out.set("Architectures", oneOf(text(f.Architecture)))
	out.set("MemorySize", number("function.memory_size", f.MemorySize))
	out.set("Timeout", number("function.timeout", f.Timeout))
	out.set("EphemeralStorage", wrap("Size", number("function.ephemeral_storage", f.EphemeralStorage)))
	out.set("Role", text(f.RoleARN))
	out.set("Environment", object("Variables", texts(t.environment)))
	out.set("KmsKeyArn", text(f.KMSKeyARN))
	if t.serverless {
		out.set("Tracing", text(f.Tracing))
		if target := text(f.DeadLetterARN); target != nil {
			out.set("DeadLetterQueue", object("Type", targetType(f.DeadLetterARN.Or("")), "TargetArn", target))
		}
	} else {
		out.set("TracingConfig", wrap("Mode", text(f.Tracing)))
		out.set("DeadLetterConfig", wrap("TargetArn", text(f.DeadLetterARN)))
	}
	if logging, set := f.Logging.Get(); set {
		out.set("LoggingConfig", object("LogGroup", t.logGroupName(logging), "LogFormat", text(logging.Format),
			"ApplicationLogLevel", text(logging.ApplicationLevel), "SystemLogLevel", text(logging.SystemLevel)))
	}
	out.set("Layers", list(f.Layers))
	if f.SnapStart.Or("None") != "None" {
		out.set("SnapStart", object("ApplyOn", text(f.SnapStart)))
	}
	if network, inside := f.Network.Get(); inside {
		out.set("VpcConfig", object("SubnetIds", list(network.SubnetIDs), "SecurityGroupIds", list(network.SecurityGroupIDs),
			"Ipv6AllowedForDualStack", trueOnly(whether("function.network.ipv6", network.IPv6))))
	}
	if files, mounted := f.FileSystem.Get(); mounted {
		out.set("FileSystemConfigs", []any{object("Arn", text(files.ARN), "LocalMountPath", text(files.LocalMountPath))})
	}
	out.set("ReservedConcurrentExecutions", number("function.reserved_concurrency", f.ReservedConcurrency))
	out.set("RecursiveLoop", text(f.Recursion))
	out.set("CodeSigningConfigArn", text(f.CodeSigningConfigARN))
	if management, set := f.RuntimeManagement.Get(); set {
		out.set("RuntimeManagementConfig", object("UpdateRuntimeOn", text(management.UpdateRuntimeOn), "RuntimeVersionArn", text(management.RuntimeVersionARN)))
	}
	if t.serverless {
		out.set("Tags", texts(t.Tags.Or(nil)))
	} else {
		out.set("Tags", t.tagList())
	}
	t.unmanaged(f)
	return out
}

// serverlessFunction has version, alias and asynchronous invocations in the
// function itself.
func (t *template) serverlessFunction(f bp.Function, properties fields) {
	if alias, served := t.Alias.Get(); served {
		properties.set("AutoPublishAlias", text(alias.Name))
		properties.set("AutoPublishAliasAllProperties", true)
	}
	if async, configured := t.Async.Get(); configured {
		properties.set("EventInvokeConfig", t.async(async))
	}
	if f.Image.IsKnown() {
		properties.set("PackageType", "Image")
	}
	t.add("Function", "AWS::Serverless::Function", properties)
}

// code says where the package is. CloudFormation cannot upload one.
func (t *template) code(out *fields, f bp.Function) {
	if image, is := f.Image.Get(); is {
		uri := text(f.ImageURI)
		if uri == nil {
			uri = parameterMark(t.parameterNamed(parameter{name: "image uri", description: "Container image by its digest."}))
		}
		if t.serverless {
			out.set("ImageUri", uri)
		} else {
			out.set("PackageType", "Image")
			out.set("Code", object("ImageUri", uri))
		}
		out.set("ImageConfig", object("Command", list(image.Command), "EntryPoint", list(image.EntryPoint), "WorkingDirectory", text(image.WorkingDirectory)))
		return
	}
	spec := sourceOf(f)
	if path, local := spec.Path.Get(); local && t.serverless {
		out.set("CodeUri", path)
		return
	}
	s3, _ := spec.S3.Get()
	bucket := t.codeParameter("code bucket", "S3 bucket with the deployment package.", s3.Bucket)
	key := t.codeParameter("code key", "Key of the deployment package in the bucket.", s3.Key)
	var version any
	if s3.VersionID.IsKnown() {
		version = t.codeParameter("code version", "Version of that object.", s3.VersionID)
	}
	if t.serverless {
		out.set("CodeUri", object("Bucket", bucket, "Key", key, "Version", version))
		return
	}
	out.set("Code", object("S3Bucket", bucket, "S3Key", key, "S3ObjectVersion", version))
}

func (d *draft) codeParameter(name, description string, value bp.String) any {
	return parameterMark(d.parameterNamed(parameter{name: name, description: description, value: value}))
}

// sourceOf is where the package came from, as far as the function says.
func sourceOf(f bp.Function) bp.CodeSpec {
	spec, _ := bp.ParseSource(f.Source.Or(""))
	return spec
}

// unmanaged names what the blueprint knows of and cannot say.
func (d *draft) unmanaged(f bp.Function) {
	if features, _ := f.Unmanaged.Or(nil).Strings(); len(features) > 0 {
		d.note("features of the function are left out: %s", strings.Join(features, ", "))
	}
}

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
