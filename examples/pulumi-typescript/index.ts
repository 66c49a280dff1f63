// The program of `pulumi up`: a function that is exported as the whole module is
// called, and what it returns are the stack's outputs.
import { program } from "./clients";

export = program;
