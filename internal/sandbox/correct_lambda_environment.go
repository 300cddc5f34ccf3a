package sandbox

import "sync"

// environmentNeedsKey: while a function's key cannot be used, Lambda answers
// with an error where the variables would be. The emulator always has them.
// https://docs.aws.amazon.com/lambda/latest/api/API_EnvironmentResponse.html
func environmentNeedsKey(e *emulator) []correction {
	// Most accounts never disable a key: those are not asked about it.
	var troubled sync.Map
	return []correction{
		{
			operations: []string{"kms.DisableKey", "kms.ScheduleKeyDeletion"},
			wrap: after(func(x *exchange, _ *answer) error {
				troubled.Store(x.call.Account, true)
				return nil
			}),
		},
		{
			operations: []string{"lambda.GetFunction", "lambda.GetFunctionConfiguration"},
			wrap: after(func(x *exchange, a *answer) error {
				if _, ok := troubled.Load(x.call.Account); !ok {
					return nil
				}
				members, err := parseObject(a.body)
				if err != nil {
					return err
				}
				config := members
				if x.call.Operation == "GetFunction" {
					config = members.object("Configuration")
				}
				arn := config.text("KMSKeyArn")
				if arn == "" || len(config.object("Environment").object("Variables")) == 0 {
					return nil
				}
				key, err := e.describeKey(x.request.Context(), x, arn)
				if err != nil {
					return err
				}
				if problem := key.problem(arn); problem != nil {
					config["Environment"] = object{"Error": object{
						"ErrorCode": "AccessDeniedException",
						"Message": "Lambda was unable to decrypt your environment variables because the KMS access was denied. " +
							"Please check your KMS permissions. KMS Exception: " + problem.code + " KMS Message: " + problem.message,
					}}
				}
				return a.setJSON(members)
			}),
		},
	}
}
