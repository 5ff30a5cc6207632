# offers COMMAND WORD ...: what bash offers for the last word, by the script that the command generates.
offers() {
  local script function
  script=$("$1" --generate-completion-script bash) || return
  eval "$script"
  function=$(complete -p "$1" | sed 's/.* -F \([^ ]*\).*/\1/')
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  COMP_LINE="$*"
  COMP_POINT=${#COMP_LINE}
  COMPREPLY=()
  "$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
  [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
}
