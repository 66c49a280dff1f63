#!/usr/bin/env bash
# OpenTofu 1.12.6: in an indented heredoc, lines after `~}` keep the indentation of the file.
#
# Guess: `<<-` takes the smallest indentation off all lines, and `~}` the line's end after a directive, so that a loop can
#        be indented like the program around it; this is how lists in YAML are written.
# Seen:  after `~}` nothing is taken off: the first line of the text begins at its margin, and what the loop makes and all
#        that follows it is four further to the right. With `%{~` it is no line at all. Without markers the margin is right,
#        and the directives leave blank lines.
#
# Needs go.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
go_tool tofu
mkdir module
# made OPEN CLOSE: what the heredoc with these marks around directives makes.
made() {
  cat >module/main.tf <<HCL
output "text" {
  value = <<-END
    list:
    $1 for number in [1, 2] $2
      - \${number}
    $1 endfor $2
    end: true
    END
}
HCL
  (cd module && quietly ../tofu apply -auto-approve && ../tofu output -raw text)
}
expect "$(echo '%{ … ~}'; made '%{' '~}'; echo '%{~ … }'; made '%{~' '}'; echo '%{ … }'; made '%{' '}')" <<'WANTED'
%{ … ~}
list:
      - 1
      - 2
    end: true
%{~ … }
    list:

      - 1

      - 2

    end: true
%{ … }
list:

  - 1

  - 2

end: true
WANTED
