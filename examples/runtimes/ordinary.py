def total_0(rows, limit=0):
    result = {}
    for row in rows:
        if row['price'] > limit and not row.get('gone'):
            result[row['name'].strip().lower()] = row['price'] * 1.19
    return sorted(result.items(), key=lambda item: item[1])

def total_1(rows, limit=1):
    result = {}
    for row in rows:
        if row['price'] > limit and not row.get('gone'):
            result[row['name'].strip().lower()] = row['price'] * 1.19
    return sorted(result.items(), key=lambda item: item[1])

def total_2(rows, limit=2):
    result = {}
    for row in rows:
        if row['price'] > limit and not row.get('gone'):
            result[row['name'].strip().lower()] = row['price'] * 1.19
    return sorted(result.items(), key=lambda item: item[1])

def total_3(rows, limit=3):
    result = {}
    for row in rows:
        if row['price'] > limit and not row.get('gone'):
            result[row['name'].strip().lower()] = row['price'] * 1.19
    return sorted(result.items(), key=lambda item: item[1])

def total_4(rows, limit=4):
    result = {}
    for row in rows:
        if row['price'] > limit and not row.get('gone'):
            result[row['name'].strip().lower()] = row['price'] * 1.19
    return sorted(result.items(), key=lambda item: item[1])

def total_5(rows, limit=5):
    result = {}
    for row in rows:
        if row['price'] > limit and not row.get('gone'):
            result[row['name'].strip().lower()] = row['price'] * 1.19
    return sorted(result.items(), key=lambda item: item[1])

def total_6(rows, limit=6):
    result = {}
    for row in rows:
        if row['price'] > limit and not row.get('gone'):
            result[row['name'].strip().lower()] = row['price'] * 1.19
    return sorted(result.items(), key=lambda item: item[1])

def total_7(rows, limit=7):
    result = {}
    for row in rows:
        if row['price'] > limit and not row.get('gone'):
            result[row['name'].strip().lower()] = row['price'] * 1.19
    return sorted(result.items(), key=lambda item: item[1])

