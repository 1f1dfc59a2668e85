import sys, os

print(os.getcwd())
