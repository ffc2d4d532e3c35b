#!/usr/bin/env python3
"""weir gate: options and rules that are refused, and why. Needs no rights: nothing is attached."""

from support import CommandTest, main, weir

RULE = ("--rule", "drop in : icmp")


class GateWordsTest(CommandTest):
    def refused(self, *words, code=2):
        result = weir("gate", *words)
        self.assertEqual((result.code, result.out), (code, ""), result.err)
        return result.err

    def test_help_fits_and_shows_rules_and_examples(self):
        for option in ("-h", "--help"):
            text = self.run_ok("gate", option)
            self.assertIn("usage: weir gate -i IF [OPTIONS] --rule RULE... | -f FILE\n", text.out)
            self.assertIn("rules:", text.out)
            self.assertIn("examples:", text.out)
            self.assertLessEqual(max(map(len, text.lines)), 80)

    def test_what_is_missing_or_too_much(self):
        for words, told in (
                (("-i", "lo"), "no rules: --rule RULE or -f FILE"),
                (RULE, "name the adapter with -i"),
                (("-i", "any", "-i", "lo", *RULE), "-i: any is all of them"),
                (("-i", "lo", *RULE, "udp"), "udp: what is this? A rule is one word behind --rule"),
                (("-i", "lo", *RULE, "-f", "rules"), "--rule"),
                (("-i", "lo", *RULE, "--dry-run", "--log", "x"), "--log: with --dry-run"),
                (("-i", "lo", *RULE, "--dry-run", "--confirm", "1s"), "--confirm: --dry-run"),
                (("-i", "lo", "-f", "-", "--confirm", "1s"), "--confirm: standard input"),
                (("-i", "lo", *RULE, "--altitude", "2147483648"), "--altitude: a whole number"),
                (("-i", "lo", *RULE, "--gso", "cut"), "--gso: segment or keep, not cut"),
                (("-i", "lo", *RULE, "--interval", "0"), "--interval"),
                (("-i", "lo", *RULE, "--deadline", "soon"), "--deadline"),
        ):
            with self.subTest(words=words):
                self.assertIn(told, self.refused(*words))

    def test_policies(self):
        for policy, told in (("ajar", "open, closed or CAUSE=open|closed, not ajar"),
                             ("deadline=ajar", "open, closed or CAUSE=open|closed"),
                             ("dedline=open", "no such cause: dedline; did you mean deadline?")):
            self.assertIn(told, self.refused("-i", "lo", *RULE, "--policy", policy))

    def test_a_rule_that_is_wrong_stands_above_a_caret(self):
        error = self.refused("-i", "lo", "--rule", "drop in : udp prot 53").splitlines()
        self.assertIn('did you mean "port" or "proto"?', error[0])
        self.assertEqual(error[1:], ["drop in : udp prot 53", "              ^"])
        self.assertIn("'dorp' is no action: pass, accept, drop, notify or hold; did you mean drop?",
                      self.refused("-i", "lo", "--rule", "dorp in"))

    def test_a_filter_that_can_never_match_is_refused(self):
        self.assertIn("the filter can never match",
                      self.refused("-i", "lo", "--rule", "drop in : tcp and udp"))

    def test_a_file_is_told_with_the_line(self):
        rules = self.file("my.rules", b"# one\n\ndrop in : udp\n# four\n#\n#\nhold in : tpc\npass any\n")
        error = self.refused("-i", "lo", "-f", rules).splitlines()
        self.assertTrue(error[0].startswith(f"weir: {rules}:7: "), error[0])
        self.assertEqual(error[1:], ["hold in : tpc", "          ^"])
        error = weir("gate", "-i", "lo", "-f", rules, "--json").errors[0]
        self.assertEqual((error["kind"], error["code"], error["filter"], error["position"]),
                         ("filter_syntax", 300, "hold in : tpc", 10))

    def test_a_rule_that_can_never_be_right_is_told_with_its_line(self):
        for rule, told in (("drop in : ip protochain 6", "its filter has a loop (protochain)"),
                           ("drop in : ip and ip6", "the filter can never match")):
            rules = self.file("my.rules", f"# one\n\ndrop in : udp\n\n\n{rule}\npass any\n".encode())
            error = self.refused("-i", "lo", "-f", rules).splitlines()
            self.assertTrue(error[0].startswith(f"weir: {rules}:6: {told}"), error[0])
            self.assertEqual(error[1:], [rule, "          ^"])
            error = self.refused("-i", "lo", *RULE, "--rule", rule).splitlines()
            self.assertTrue(error[0].startswith(f"weir: {told}"), error[0])
            self.assertEqual(error[1:], [rule, "          ^"])

    def test_a_file_that_is_not_there(self):
        self.assertIn("no-such.rules: No such file",
                      self.refused("-i", "lo", "-f", self.folder / "no-such.rules", code=1))

    def test_without_rights_it_says_what_grants_them(self):
        user = self.somebody_else()
        result = weir("gate", "-i", "lo", *RULE, **user)
        self.assertEqual(result.code, 5, result.err)
        self.assertIn("cap_net_admin", result.err)
        self.assertIn("setcap", result.err)


if __name__ == "__main__":
    main()
