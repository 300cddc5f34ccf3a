package services

import (
	"context"
	"net/http"
	"net/url"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/correct"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/emulator"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/wire"
)

// AccessPoint is nil when there is none of that id.
func AccessPoint(ctx context.Context, e *emulator.Client, x *wire.Exchange, id string) (wire.Object, error) {
	status, body, err := e.Ask(ctx, x, "elasticfilesystem", http.MethodGet, "/2015-02-01/access-points?AccessPointId="+url.QueryEscape(id), nil, nil)
	if err != nil || status != http.StatusOK {
		return nil, err
	}
	members, err := wire.ParseObject(body)
	if err != nil {
		return nil, err
	}
	list, _ := members["AccessPoints"].([]any)
	if len(list) == 0 {
		return nil, nil
	}
	found, _ := list[0].(map[string]any)
	return found, nil
}

// accessPointsAreFound: an access point that does not exist is an error, and
// the mount targets of one are those of its file system. The emulator lists
// none, and all.
// https://docs.aws.amazon.com/efs/latest/ug/API_DescribeMountTargets.html
func accessPointsAreFound(e *emulator.Client) correct.Correction {
	return correct.Correction{
		Operations: []string{"elasticfilesystem.DescribeAccessPoints", "elasticfilesystem.DescribeMountTargets"},
		Wrap: correct.Before(func(ctx context.Context, x *wire.Exchange) (*wire.Refusal, error) {
			query := x.Request.URL.Query()
			id := query.Get("AccessPointId")
			if id == "" {
				return nil, nil
			}
			found, err := AccessPoint(ctx, e, x, id)
			if err != nil {
				return nil, err
			}
			if found == nil {
				return &wire.Refusal{Status: http.StatusNotFound, Code: "AccessPointNotFound", Message: "Access point '" + id + "' does not exist."}, nil
			}
			if x.Call.Operation == "DescribeMountTargets" {
				query.Del("AccessPointId")
				query.Set("FileSystemId", found.Text("FileSystemId"))
				x.Request.URL.RawQuery = query.Encode()
			}
			return nil, nil
		}),
	}
}
