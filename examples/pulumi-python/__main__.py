"""The program of `pulumi up`."""

from clients import program

program()
