//! Bash splits words at `=` and `:`, the program does not: the script joins them before it asks.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::Command;
use clap_complete::env::{self, EnvCompleter};

/// The adapter of clap with another script.
pub(super) struct Bash;

/// `--set a=b` arrives as `--set`, `a`, `=`, `b`. Bash replaces only the last of these, so that what stands before it
/// is cut off from the candidates.
const SCRIPT: &str = r#"_NAME() {
    local words=() word whole= joins= i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $i -gt 0 && $word =~ ^[=:]+$ ]]; then
            whole+=$word joins=yes
        elif [[ $joins && ! ( $i -eq $COMP_CWORD && -z $word && ${COMP_LINE:0:COMP_POINT} == *[[:space:]] ) ]]; then
            whole+=$word joins=
        else
            [[ $i -gt 0 ]] && words+=("$whole")
            whole=$word joins=
        fi
    done
    words+=("$whole")
    local last=${COMP_WORDS[COMP_CWORD]}
    [[ $last =~ ^[=:]+$ ]] && last=
    local before=${whole%"$last"}
    local IFS=$'\n' candidate
    COMPREPLY=()
    for candidate in $(
        _CLAP_IFS=$'\n' _CLAP_COMPLETE_INDEX=$((${#words[@]} - 1)) VARIABLE=bash PROGRAM -- "${words[@]}" 2>/dev/null
    ); do
        COMPREPLY+=("${candidate#"$before"}")
    done
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=/:] ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -o bashdefault -o nosort -F _NAME NAME 2>/dev/null || complete -o bashdefault -F _NAME NAME
"#;

impl EnvCompleter for Bash {
    fn name(&self) -> &'static str {
        "bash"
    }

    fn is(&self, name: &str) -> bool {
        name == "bash"
    }

    fn write_registration(
        &self,
        var: &str,
        name: &str,
        _bin: &str,
        completer: &str,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        let script = SCRIPT
            .replace("NAME", name)
            .replace("VARIABLE", var)
            .replace("PROGRAM", &crate::text::shell::quote(completer));
        buf.write_all(script.as_bytes())
    }

    fn write_complete(
        &self,
        cmd: &mut Command,
        args: Vec<OsString>,
        current_dir: Option<&Path>,
        buf: &mut dyn Write,
    ) -> io::Result<()> {
        env::Bash.write_complete(cmd, args, current_dir, buf)
    }
}
