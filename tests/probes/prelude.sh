# What every Bash probe starts with. `attempt` is for what must not work, `works` for what must.
attempt() { local name=$1; shift; if "$@" >/dev/null 2>&1; then echo "reached $name"; else echo "denied $name $?"; fi; }
works() { local name=$1; shift; if "$@" >/dev/null 2>&1; then echo "works $name"; else echo "broken $name $?"; fi; }

