// descriptors writes the protocols in Terraform's, Pulumi's, go-plugin's and gRPC's own published Go modules
// to stdout, as a google.protobuf.FileDescriptorSet.
//
// It contains every file that is compiled into the modules, sorted by name; the test that reads it,
// proto/tests/upstream.rs, decides which of them matter.
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	// Each registers its files: plugin; tfplugin6; pulumirpc; grpc.health.v1, and google.rpc, which gRPC itself needs.
	// The first two keep theirs internal, so that there is no other way to them.
	_ "github.com/hashicorp/go-plugin"
	_ "github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	_ "github.com/pulumi/pulumi/sdk/v3/proto/go"
	_ "google.golang.org/grpc/health/grpc_health_v1"
)

func main() {
	var set descriptorpb.FileDescriptorSet
	protoregistry.GlobalFiles.RangeFiles(func(file protoreflect.FileDescriptor) bool {
		set.File = append(set.File, protodesc.ToFileDescriptorProto(file))
		return true
	})
	slices.SortFunc(set.File, func(a, b *descriptorpb.FileDescriptorProto) int {
		return strings.Compare(a.GetName(), b.GetName())
	})
	bytes, err := proto.Marshal(&set)
	if err == nil {
		_, err = os.Stdout.Write(bytes)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "failed:", err)
		os.Exit(1)
	}
}
