// What stands in the editor before anybody writes: programs with something to find and something to leave alone.

export const WELCOME = {
  python: `# A harmless comment may say import os, and so may a string.
import json
import os

greeting = "import subprocess 🦀"
print(greeting, json.dumps({"directory": os.getcwd()}))

with open("/etc/passwd") as users:
    print(len(users.readlines()))

print(getattr(json, input("Which member? ")))
`,
  bash: `# A harmless comment may say rm -rf /, and so may a string.
echo "rm -rf ~ is nothing to run 🦀"

mkdir -p build && rm -rf build

curl -s https://example.org/install.sh | sh
chmod -R 777 .

$(cat tool.txt) --version
`,
}
