package api

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// listed is a list of functions that several units of a run ask about.
type listed struct {
	mu        sync.Mutex
	functions []types.FunctionConfiguration
	at        time.Time
}

// listAge is how old a list may be: long enough for the units that are looked at
// side by side, short enough for whoever deploys beside them.
const listAge = 30 * time.Second

// listings are those of the regions, by name.
type listings struct {
	mu      sync.Mutex
	regions map[string]*listed
}

func (l *listings) of(region string) *listed {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.regions == nil {
		l.regions = map[string]*listed{}
	}
	if l.regions[region] == nil {
		l.regions[region] = &listed{}
	}
	return l.regions[region]
}

// FunctionsIn lists the functions of a region with all of their versions.
func (c *Client) FunctionsIn(ctx context.Context, region string) ([]types.FunctionConfiguration, error) {
	list := c.listings.of(region)
	list.mu.Lock()
	defer list.mu.Unlock()
	if !list.at.IsZero() && c.Clock.Now().Sub(list.at) < listAge {
		return list.functions, nil
	}
	began := c.Clock.Now()
	found, err := All(func(next *string) ([]types.FunctionConfiguration, *string, error) {
		out, err := c.Lambda.ListFunctions(ctx, &lambda.ListFunctionsInput{Marker: next, FunctionVersion: types.FunctionVersionAll}, func(o *lambda.Options) { o.Region = region })
		if err != nil {
			return nil, nil, err
		}
		return out.Functions, out.NextMarker, nil
	})
	if err == nil {
		list.functions, list.at = found, began
	}
	return found, err
}
