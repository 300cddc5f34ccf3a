package sandbox

import (
	"context"
	"net/http"
	"net/url"
)

// accessPoint is nil when there is none of that id.
func (e *emulator) accessPoint(ctx context.Context, x *exchange, id string) (object, error) {
	status, body, err := e.ask(ctx, x, "elasticfilesystem", http.MethodGet, "/2015-02-01/access-points?AccessPointId="+url.QueryEscape(id), nil, nil)
	if err != nil || status != http.StatusOK {
		return nil, err
	}
	members, err := parseObject(body)
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
func accessPointsAreFound(e *emulator) correction {
	return correction{
		operations: []string{"elasticfilesystem.DescribeAccessPoints", "elasticfilesystem.DescribeMountTargets"},
		wrap: before(func(ctx context.Context, x *exchange) (*refusal, error) {
			query := x.request.URL.Query()
			id := query.Get("AccessPointId")
			if id == "" {
				return nil, nil
			}
			found, err := e.accessPoint(ctx, x, id)
			if err != nil {
				return nil, err
			}
			if found == nil {
				return &refusal{http.StatusNotFound, "AccessPointNotFound", "Access point '" + id + "' does not exist."}, nil
			}
			if x.call.Operation == "DescribeMountTargets" {
				query.Del("AccessPointId")
				query.Set("FileSystemId", found.text("FileSystemId"))
				x.request.URL.RawQuery = query.Encode()
			}
			return nil, nil
		}),
	}
}
