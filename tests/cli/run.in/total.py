import json
import sys

rows = [line.split(",") for line in sys.stdin.read().split()]
print(json.dumps({"rows": len(rows), "total": sum(int(row[1]) for row in rows)}))
