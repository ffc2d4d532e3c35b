#!/usr/bin/env python3
"""Fails where a shared library exports what its users cannot name.

exports.py INCLUDE LIBRARY...: every exported symbol is of namespace weir, of no private member of a
class of the headers and of no namespace that the headers do not have.
"""

import pathlib
import re
import subprocess
import sys

CLASS = re.compile(r"\b(?:class|struct)\s+(?:WEIR_\w+\s+)?(\w+)[^;{}()]*\{")
MEMBER = re.compile(r"\b(?:struct\s+(?:WEIR_\w+\s+)?(\w+)\s*[;{]|(\w+)\s*\()")


def end_of_body(text, start):
    """Where the braces close that have opened before `start`."""
    depth, at = 1, start
    while depth:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return at


def bodies(text):
    """Name and body of each class."""
    for match in CLASS.finditer(text):
        yield match[1], text[match.end():end_of_body(text, match.end()) - 1]


def without_nested(body):
    """What a class says itself: of those within it, the names."""
    own, at = "", 0
    while match := CLASS.search(body, at):
        own += body[at:match.end() - 1] + ";"
        at = end_of_body(body, match.end())
    return own + body[at:]


def private_members(headers):
    """"Class::member" of all that stands behind "private:"."""
    members = set()
    for text in headers:
        for name, body in bodies(text):
            hidden = without_nested(body).partition("private:")[2]
            for nested, function in MEMBER.findall(hidden):
                members.add(f"{name}::{nested or function}")
    return members


def main():
    include, *libraries = sys.argv[1:]
    headers = [re.sub(r"//.*", "", path.read_text())
               for path in sorted(pathlib.Path(include).rglob("*.h"))]
    namespaces = {part for text in headers
                  for name in re.findall(r"^namespace ([\w:]+) \{", text, re.M)
                  for part in name.split("::")}
    # Published classes may have names in lower case.
    classes = {name for text in headers for name, _ in bodies(text)}
    private = private_members(headers)
    faults, count = [], 0
    for library in libraries:
        listing = subprocess.run(["nm", "-DC", "--defined-only", library], check=True,
                                 capture_output=True, text=True).stdout
        for line in listing.splitlines():
            symbol = line.split(" ", 2)[2]
            count += 1
            plain = re.sub(r"^(typeinfo( name)?|vtable|guard variable) for ", "", symbol)
            own = re.match(r"weir::((?:\w+::)*)", plain)
            if own is None:
                faults.append(f"not of weir: {symbol}")
                continue
            lower = [part for part in own[1].split("::") if part and part[0].islower()]
            unknown = [part for part in lower if part not in namespaces | classes]
            if unknown or re.search(r"\(anonymous namespace\)|::detail::", plain):
                faults.append(f"of a private namespace: {symbol}")
            name = plain.partition("(")[0]
            if any(re.search(rf"\b{re.escape(member)}\b", name) for member in private
                   if member.split("::")[0] != member.split("::")[1]):
                faults.append(f"private: {symbol}")
    print("\n".join(faults))
    if count < 100:
        sys.exit(f"only {count} symbols: {libraries}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
