// Plays the host of a provider with the library that Terraform itself uses: starts it, speaks to
// it, and ends it, or dies without doing so.
//
// Owns what the Rust tests cannot show: a real client of go-plugin and a real process. Knows
// nothing of what the provider does.
//
//	go run . path/to/provider [argument...]
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// A run of this program that plays a host which dies has this in its environment.
const dyingHost = "GOPLUGIN_SMOKE_DIES"

// How long go-plugin waits before it kills.
const patience = 2 * time.Second

type provider struct{ plugin.NetRPCUnsupportedPlugin }

func (provider) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error {
	return errors.New("this is a host")
}

func (provider) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}

func start(command []string, mutualTLS bool) (*plugin.Client, *exec.Cmd) {
	cmd := exec.Command(command[0], command[1:]...)
	set := plugin.PluginSet{"provider": provider{}}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: plugin.HandshakeConfig{
			MagicCookieKey:   "TF_PLUGIN_MAGIC_COOKIE",
			MagicCookieValue: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		},
		VersionedPlugins: map[int]plugin.PluginSet{5: set, 6: set},
		Cmd:              cmd,
		AutoMTLS:         mutualTLS,
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger:           hclog.New(&hclog.LoggerOptions{Level: hclog.Warn, Output: os.Stderr}),
	})
	return client, cmd
}

// Pings the plugin and calls its service.
func speak(client *plugin.Client) error {
	protocol, err := client.Client()
	if err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if version := client.NegotiatedVersion(); version != 6 {
		return fmt.Errorf("protocol %d instead of 6", version)
	}
	if err := protocol.Ping(); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	raw, err := protocol.Dispense("provider")
	if err != nil {
		return fmt.Errorf("dispense: %w", err)
	}
	// What it answers are unknown fields to us, which is as good as any answer.
	err = raw.(*grpc.ClientConn).Invoke(context.Background(), "/tfplugin6.Provider/GetMetadata", &emptypb.Empty{}, &emptypb.Empty{})
	if code := status.Code(err); code != codes.OK && code != codes.Unimplemented {
		return fmt.Errorf("call: %w", err)
	}
	return nil
}

// Ends the plugin as Terraform does, which has to be quick and leave nothing.
func end(client *plugin.Client, cmd *exec.Cmd) error {
	address := client.ReattachConfig().Addr.String()
	begin := time.Now()
	client.Kill()
	if took := time.Since(begin); took >= patience {
		return fmt.Errorf("the end took %v", took)
	}
	if code := cmd.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("exit code %d", code)
	}
	if _, err := os.Stat(address); err == nil {
		return fmt.Errorf("%s is still there", address)
	}
	return nil
}

// Tries to speak HTTP/2 over TLS without showing a certificate.
func intrude(address net.Addr) error {
	conn, err := tls.Dial(address.Network(), address.String(), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		return nil
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = conn.Write([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"))
	if _, err := conn.Read(make([]byte, 1)); err == nil {
		return errors.New("a connection without the certificate was let in")
	}
	return nil
}

func withTLS(command []string) error {
	client, cmd := start(command, true)
	defer client.Kill()
	if err := speak(client); err != nil {
		return err
	}
	if err := intrude(client.ReattachConfig().Addr); err != nil {
		return err
	}
	// The host decides what an interrupt means.
	for range 3 {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			return err
		}
	}
	time.Sleep(100 * time.Millisecond)
	if err := speak(client); err != nil {
		return fmt.Errorf("after an interrupt: %w", err)
	}
	return end(client, cmd)
}

func withoutTLS(command []string) error {
	client, cmd := start(command, false)
	defer client.Kill()
	if err := speak(client); err != nil {
		return err
	}
	return end(client, cmd)
}

// A termination ends it without the host, and still in order.
func terminated(command []string) error {
	client, cmd := start(command, true)
	defer client.Kill()
	if err := speak(client); err != nil {
		return err
	}
	address := client.ReattachConfig().Addr.String()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	for begin := time.Now(); !client.Exited(); time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > 5*time.Second {
			return errors.New("it goes on")
		}
	}
	if _, err := os.Stat(address); err == nil {
		return fmt.Errorf("%s is still there", address)
	}
	return nil
}

// A host that dies takes its plugin with it.
func orphaned(command []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	host := exec.Command(self, command...)
	host.Env = append(os.Environ(), dyingHost+"=1")
	host.Stderr = os.Stderr
	out, err := host.StdoutPipe()
	if err != nil {
		return err
	}
	if err := host.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the host says nothing: %w", err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, 0); err != nil {
		return fmt.Errorf("the plugin died before its host: %w", err)
	}
	if err := host.Process.Kill(); err != nil {
		return err
	}
	_ = host.Wait()
	for begin := time.Now(); alive(pid); time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > 5*time.Second {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			return errors.New("the plugin outlived its host")
		}
	}
	return nil
}

// Whoever adopts the dead may be slow to bury them.
func alive(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) == nil
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(after, "Z")
}

func die(command []string) error {
	client, cmd := start(command, true)
	if err := speak(client); err != nil {
		return err
	}
	fmt.Println(cmd.Process.Pid)
	time.Sleep(time.Minute)
	return errors.New("this host should have been killed")
}

func run(command []string) error {
	if os.Getenv(dyingHost) != "" {
		return die(command)
	}
	for _, step := range []struct {
		name string
		run  func([]string) error
	}{{"with TLS", withTLS}, {"without TLS", withoutTLS}, {"terminated", terminated}, {"orphaned", orphaned}} {
		begin := time.Now()
		if err := step.run(command); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		fmt.Printf("ok  %-12s %v\n", step.name, time.Since(begin).Round(time.Millisecond))
	}
	return nil
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: goplugin-smoke path/to/provider [argument...]")
		os.Exit(2)
	}
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "failed:", err)
		os.Exit(1)
	}
}
