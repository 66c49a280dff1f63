import pulumi
import janiform_ory as ory

errors = ory.opl_errors("class User implements Namespace {}")
