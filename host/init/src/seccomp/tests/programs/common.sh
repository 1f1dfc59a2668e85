set -e
diff <(printf 'a\nb\n') <(printf 'a\nb\n')
trap 'echo trapped >/dev/null' EXIT
yes | head -1 >/dev/null
coproc cat
echo word >&"${COPROC[1]}"
read -r word <&"${COPROC[0]}"
[ "$word" = word ]
mapfile -t lines < <(seq 10)
[ "${#lines[@]}" = 10 ]
directory=$(mktemp -d)
cd "$directory"
for name in c a b; do echo "$name" >"$name"; done
cat a b c | sort -r | awk '{ print NR ":" $1 }' | grep -q '1:c'
find . -type f -print0 | xargs -0 -P 4 -n 1 wc -c >/dev/null
tar -cf - a b c | gzip | gzip -d | tar -tf - | wc -l | grep -q 3
touch a d
mv a e
sleep 0.01 &
wait $!
ulimit -n 64
cd /
rm -r "$directory"
sync
echo well
