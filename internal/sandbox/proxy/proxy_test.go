package proxy_test

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/record"
	"github.com/secure-lambda/terraform-provider-secure/internal/sandbox/sandboxtest"
)

// See New for what happens to clients when it does not.
func TestForward_SendsHeadAndBodyTogether(t *testing.T) {
	t.Parallel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", strings.TrimPrefix(sandboxtest.Box.Endpoint(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	buffer := make([]byte, 64<<10)
	for range 20 {
		_, err := fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: sandbox\r\nX-Amz-Target: TrentService.CreateKey\r\nAuthorization: %s\r\nContent-Length: 2\r\n\r\n{}",
			sandboxtest.Authorization("499999999999", "kms"))
		if err != nil {
			t.Fatal(err)
		}
		n, err := conn.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		if _, body, _ := bytes.Cut(buffer[:n], []byte("\r\n\r\n")); !bytes.HasSuffix(body, []byte("}}")) {
			t.Fatalf("the first piece is %q", buffer[:n])
		}
	}
}

func TestCorrection_RefusesBeforeTheEmulatorAndAfterTheRecorder(t *testing.T) {
	t.Parallel()
	c := sandboxtest.New(t)
	// The key check refuses before the emulator hears of the group.
	_, err := c.Logs.CreateLogGroup(t.Context(), &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("g"), KmsKeyId: aws.String("missing")})
	sandboxtest.WantError(t, err, "InvalidParameterException", "")
	calls := sandboxtest.Box.Recorder().Since(0, record.InAccount(c.Account))
	if len(calls) != 1 || calls[0].ErrorCode != "InvalidParameterException" || calls[0].Unsupported {
		t.Errorf("a refused call is recorded as %+v", calls)
	}
	out, err := c.Logs.DescribeLogGroups(t.Context(), &cloudwatchlogs.DescribeLogGroupsInput{})
	if err != nil || len(out.LogGroups) != 0 {
		t.Errorf("%+v %v", out, err)
	}
}
