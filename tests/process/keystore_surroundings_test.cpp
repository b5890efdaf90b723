// `esboot keystore` on a terminal, on a bind mount, and killed at a bad moment.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/keystore_place.h"
#include "tests/support/plain_store.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"

namespace fs = std::filesystem;
using test_support::contains;
using Place = test_support::KeystorePlace;

namespace {

/// What a terminal shows while `esboot keystore <arguments>` runs on it and each of `answers` is
/// typed once something ends with its question; then "exit code N".
std::string on_terminal(const Place& place, const std::string& arguments,
                        const std::vector<std::pair<std::string, std::string>>& answers) {
  std::string script = "set timeout 10\nspawn -noecho " + test_support::esboot_binary() +
                       " keystore " + arguments + "\n";
  for (const auto& [question, answer] : answers) {
    script.append("expect -ex {").append(question).append("} {send \"").append(answer);
    script += "\\r\"} timeout {puts {NO QUESTION}; exit 99}\n";
  }
  script +=
      "expect eof {} timeout {exit 98}\nlassign [wait] a b c code\nputs \"exit code $code\"\n";
  return test_support::run_child(
             {{"/usr/bin/expect", "-c", script}, "", {{"ES_HOME", place.file("").string()}}, "."})
      .out;
}

bool has_expect(const std::string& test) {
  if (fs::exists("/usr/bin/expect")) return true;
  test_support::report_skip(test, "the program expect is not installed");
  return false;
}

}  // namespace

TEST_CASE("keystore: a terminal shows neither the passphrase nor a value that is typed") {
  if (!has_expect("keystore on a terminal")) return;
  const Place place;
  place.store({{"keystore.seed", "41"}, {"a", "31"}}, "hunter2");
  const std::string added = on_terminal(
      place, "add a", {{"assphrase: ", "hunter2"}, {"[y/N]", "y"}, {"Value of a: ", "swordfish"}});
  INFO(added);
  CHECK(contains(added, "exit code 0"));
  CHECK_FALSE(contains(added, "hunter2"));
  CHECK_FALSE(contains(added, "swordfish"));
  CHECK(place.stored("hunter2") == "a=73776f726466697368 keystore.seed=seed");
  const std::string verified = on_terminal(place, "verify", {{"assphrase: ", "hunter2"}});
  CHECK(contains(verified, "exit code 0"));
  CHECK_FALSE(contains(verified, "hunter2"));
}

TEST_CASE("keystore: interrupted at a prompt, it leaves a terminal that shows what is typed") {
  if (!has_expect("keystore interrupted")) return;
  const Place place;
  place.store({{"keystore.seed", "41"}}, "hunter2");
  const std::string script = "set timeout 10\nspawn -noecho sh -c {trap : INT; " +
                             test_support::esboot_binary() +
                             " keystore list; echo code $?; stty -a}\n"
                             "expect -ex {assphrase: } {send \"\\003\"} timeout {exit 99}\nexpect "
                             "eof {} timeout {exit 98}\n";
  const std::string shown =
      test_support::run_child(
          {{"/usr/bin/expect", "-c", script}, "", {{"ES_HOME", place.file("").string()}}, "."})
          .out;
  INFO(shown);
  CHECK(contains(shown, "code 130"));
  CHECK(contains(shown, " echo "));
  CHECK_FALSE(contains(shown, "-echo "));
}

TEST_CASE("keystore show: a terminal gets a line of text, and never binary bytes") {
  if (!has_expect("keystore show on a terminal")) return;
  const Place place;
  place.store({{"keystore.seed", "41"}, {"text", "6162"}, {"binary", "ff07"}});
  CHECK(contains(on_terminal(place, "show text", {}), "ab\r\nexit code 0"));
  const std::string refused = on_terminal(place, "show binary", {});
  CHECK(contains(refused, "exit code 74"));
  CHECK_FALSE(contains(refused, "\x07"));
}

TEST_CASE("keystore: a keystore that is a mount point is written in place") {
  const Place place;
  place.store({{"keystore.seed", "41"}});
  fs::copy_file(place.keystore(), place.file("mounted"));
  auto request = place.request({"add", "-x", "n"}, "1\n");
  const std::string mount_and_run =
      R"(mount --bind "$ES_HOME/mounted" "$ES_HOME/config/elasticsearch.keystore" || exit 99; "$@")";
  request.argv.insert(request.argv.begin(),
                      {"/usr/bin/unshare", "--mount", "/bin/sh", "-c", mount_and_run, "sh"});
  const auto done = test_support::run_child(request);
  if (geteuid() != 0 || done.exit_code == 99) {
    test_support::report_skip("keystore on a bind mount", "mounting is not allowed here");
    return;
  }
  CHECK_MESSAGE(done.exit_code == 0, done.err);
  CHECK(place.stored() == "keystore.seed=seed");
  fs::rename(place.file("mounted"), place.keystore());
  CHECK(place.stored() == "keystore.seed=seed n=31");
  CHECK(std::distance(fs::directory_iterator(place.config()), {}) == 1);
}

TEST_CASE("keystore: who may only read the directory can list, and a save fails as in stock") {
  if (geteuid() != 0) {
    test_support::report_skip("keystore of another user", "only root can be two users");
    return;
  }
  const Place place;
  place.store({{"keystore.seed", "41"}});
  const auto as_nobody = [&](const std::vector<std::string>& arguments, const std::string& input) {
    auto request = place.request(arguments, input);
    fs::copy_file(request.argv.front(), place.file("esboot"), fs::copy_options::skip_existing);
    request.argv.front() = place.file("esboot").string();
    request.argv.insert(request.argv.begin(), {"/usr/bin/setpriv", "--reuid", "65534", "--regid",
                                               "65534", "--clear-groups"});
    return test_support::run_child(request);
  };
  fs::permissions(place.file(""), fs::perms{0755});
  CHECK(as_nobody({"list"}, "").out == "keystore.seed\n");
  const auto refused = as_nobody({"add", "-x", "n"}, "1\n");
  CHECK(refused.exit_code == 78);
  CHECK(contains(refused.err, "hint: "));
  CHECK(place.stored() == "keystore.seed=seed");
  // May search but not list it: then the lock cannot be taken, which is no reason not to read.
  fs::permissions(place.config(), fs::perms{0711});
  CHECK(as_nobody({"list"}, "").out == "keystore.seed\n");
  // Another user's leftover of a crash does not keep a reader from an intact file either.
  fs::permissions(place.config(), fs::perms{0755});
  test_support::put_file(place.keystore().string() + ".esboot-new", "half");
  CHECK(as_nobody({"list"}, "").out == "keystore.seed\n");
}

TEST_CASE("keystore: killed at any moment, the old or the new keystore is there, and whole") {
  const Place place;
  place.store({{"keystore.seed", "41"}});
  int killed = 0;
  for (int step = 0; step < 40; ++step) {
    // From before the first read to after the end of a call of about ten milliseconds.
    auto request = place.request({"apply", "-"}, "step=" + std::to_string(step) + "\n");
    const std::string delay = "0.0" + std::string(step < 20 ? "0" : "") + std::to_string(step / 2);
    request.argv.insert(request.argv.begin(), {"/usr/bin/timeout", "-s", "KILL", delay});
    if (test_support::run_child(request).exit_code != 0) ++killed;
    CHECK(place.run({"verify"}).exit_code == 0);
    CHECK(contains(place.stored(), "keystore.seed=seed"));
    CHECK(std::distance(fs::directory_iterator(place.config()), {}) == 1);
  }
  CHECK(killed > 0);
}
