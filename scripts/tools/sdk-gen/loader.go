package main

import (
	"context"
	"fmt"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// only knows one package, for every requested version, and starts no plugin.
type only struct{ pkg *schema.Package }

func (l only) LoadPackage(name string, _ *semver.Version) (*schema.Package, error) {
	if l.pkg == nil || l.pkg.Name != name {
		return nil, fmt.Errorf("package %q is not the one of this schema", name)
	}
	return l.pkg, nil
}

func (l only) LoadPackageV2(_ context.Context, descriptor *schema.PackageDescriptor) (*schema.Package, error) {
	return l.LoadPackage(descriptor.Name, descriptor.Version)
}

func (l only) LoadPackageReference(name string, version *semver.Version) (schema.PackageReference, error) {
	pkg, err := l.LoadPackage(name, version)
	if err != nil {
		return nil, err
	}
	return pkg.Reference(), nil
}

func (l only) LoadPackageReferenceV2(_ context.Context, descriptor *schema.PackageDescriptor) (schema.PackageReference, error) {
	return l.LoadPackageReference(descriptor.Name, descriptor.Version)
}
