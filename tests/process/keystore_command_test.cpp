// What `esboot keystore` does beyond the stock tool, or better on purpose.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/support/file_content.h"
#include "tests/support/keystore_place.h"
#include "tests/support/plain_store.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"

namespace fs = std::filesystem;
using test_support::ChildResult;
using test_support::contains;
using Place = test_support::KeystorePlace;

namespace {

struct stat status_of(const fs::path& path) {
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status;
}

}  // namespace

TEST_CASE("keystore apply: sets, removes and is idempotent") {
  const Place place;
  place.store({{"keystore.seed", "41"}, {"old", "31"}, {"same", "32"}});
  const std::string json =
      R"({"old": null, "same": "2", "new": "a\nb", "bin": {"base64": "/wA="}, "file": {"file": ")" +
      place.file("content").string() + "\"}}";
  test_support::put_file(place.file("content"), "from a file\n");
  test_support::put_file(place.file("wanted.json"), json);

  const auto first =
      place.run({"apply", "--detailed-exitcode", place.file("wanted.json").string()});
  CHECK(first.exit_code == 2);
  CHECK(first.out == "3 set, 1 removed, 1 unchanged\n");
  CHECK(place.stored() ==
        "bin=ff00 file=66726f6d20612066696c650a keystore.seed=seed new=610a62 same=32");
  const std::string bytes = test_support::file_content(place.keystore());

  const auto second = place.run({"apply", "--detailed-exitcode", "-"}, json);
  CHECK(second.exit_code == 0);
  CHECK(second.out == "0 set, 0 removed, 5 unchanged\n");
  CHECK(test_support::file_content(place.keystore()) == bytes);

  CHECK(place.run({"apply", "-s", "-"}, "x=y=z\n# comment\n\nold=\n").out.empty());
  CHECK(contains(place.stored(), "old= same=32 x=793d7a"));
}

TEST_CASE("keystore apply: makes the keystore that is missing, with its mode whatever the umask") {
  const Place place;
  auto request = place.request({"apply", "--detailed-exitcode", "-"}, "a=1\n");
  request.argv.insert(request.argv.begin(), {"/bin/sh", "-c", "umask 077; exec \"$@\"", "sh"});
  CHECK(test_support::run_child(request).exit_code == 2);
  CHECK(place.stored() == "a=31 keystore.seed=seed");
  CHECK((fs::status(place.keystore()).permissions() & fs::perms::mask) == fs::perms{0660});
}

TEST_CASE("keystore apply: an input with a fault changes nothing and shows no value") {
  const Place place;
  place.store({{"keystore.seed", "41"}});
  const std::string bytes = test_support::file_content(place.keystore());
  for (const char* input :
       {"good=1\nhunter2\n", "{\"a\":\"hunter2\"", "{\"a\":\"hunter2\", \"b\":7}", "a/b=hunter2\n",
        R"({"a":{"file":"/nonexistent/hunter2.x"}, "b":"hunter2"})",
        R"({"a":{"base64":"hunter2"}})", "a=hunter2\na=hunter2\n",
        R"({"a":{"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}})"}) {
    CAPTURE(input);
    const auto done = place.run({"apply", "-"}, input);
    CHECK(done.exit_code >= 64);
    CHECK(done.out.empty());
    CHECK(done.err.starts_with("error: "));
    CHECK((contains(done.err, "hunter2.x") || !contains(done.err, "hunter2")));
    CHECK(test_support::file_content(place.keystore()) == bytes);
  }
  CHECK(place.run({"apply"}).exit_code == 64);
  CHECK(place.run({"apply", "/nonexistent"}).exit_code == 74);
}

TEST_CASE("keystore: the passphrase comes from a file, a descriptor or a credential") {
  const Place place;
  place.store({{"keystore.seed", "41"}}, "pass word");
  test_support::put_file(place.file("passphrase"), "pass word\n");
  const std::string file = place.file("passphrase").string();
  CHECK(place.run({"list", "--passphrase-file", file}).out == "keystore.seed\n");
  CHECK(place.run({"add", "-x", "a", "--passphrase-file=" + file}, "1\n").exit_code == 0);
  CHECK(place.run({"apply", "--passphrase-file", file, "-"}, "b=2").exit_code == 0);
  auto by_fd = place.request({"apply", "--passphrase-fd", "7", "-"}, "c=3");
  by_fd.argv.insert(by_fd.argv.begin(),
                    {"/bin/sh", "-c", "exec 7< " + file + "; exec \"$@\"", "sh"});
  CHECK(test_support::run_child(by_fd).exit_code == 0);

  fs::create_directory(place.file("credentials"));
  test_support::put_file(place.file("credentials") / "keystore_passphrase", "pass word");
  auto by_credential = place.request({"apply", "-"}, "d=4");
  by_credential.environment["CREDENTIALS_DIRECTORY"] = place.file("credentials").string();
  CHECK(test_support::run_child(by_credential).exit_code == 0);
  CHECK(place.stored("pass word") == "a=31 b=32 c=33 d=34 keystore.seed=seed");

  CHECK(place.run({"verify", "--passphrase-fd", "0"}, "pass word\n").exit_code == 0);
  CHECK(place.run({"verify", "--passphrase-fd", "0"}, "wrong\n").exit_code == 65);
}

TEST_CASE("keystore apply: stdin never holds both the values and the passphrase") {
  const Place place;
  place.store({{"keystore.seed", "41"}}, "secret");
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"apply", "-"}, {"apply", "--passphrase-fd", "0", "-"}, {"diff", "-"}}) {
    const auto done = place.run(arguments, "secret\na=1\n");
    CHECK(done.exit_code >= 64);
  }
  const auto clean = place.run({"apply", "-"}, "a=1\n");
  CHECK(clean.exit_code == 64);
  CHECK(contains(clean.err, "--passphrase-file"));
  CHECK(place.stored("secret") == "keystore.seed=seed");
}

TEST_CASE("keystore diff: says what is there without showing it") {
  const Place place;
  place.store({{"keystore.seed", "41"}, {"a", "616263"}, {"b", "32"}});
  const std::string same =
      R"({"a":{"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},"b":"2","c":null})";
  const auto equal = place.run({"diff", "-"}, same);
  CHECK(equal.exit_code == 0);
  CHECK(equal.out == "same a\nsame b\nsame c\n");
  const auto different = place.run({"diff", "--json", "-"}, "a=xyz\nb=2\nd=1\n");
  CHECK(different.exit_code == 2);
  CHECK(different.out == "{\"a\":\"different\",\"b\":\"same\",\"d\":\"absent\"}\n");
}

TEST_CASE("keystore: JSON of list and show") {
  const Place place;
  place.store({{"keystore.seed", "41"}, {"a", "c3a4"}, {"b", "ff"}});
  CHECK(place.run({"list", "--json"}).out == "[\"a\",\"b\",\"keystore.seed\"]\n");
  CHECK(place.run({"show", "--json", "b", "a"}).out ==
        "{\"b\":{\"base64\":\"/w==\"},\"a\":\"\xC3\xA4\"}\n");
  CHECK(place.run({"show", "--json", "a", "none"}).exit_code == 78);
}

TEST_CASE("keystore verify: names what is wrong") {
  const Place place("9.5.3");
  CHECK(place.run({"verify"}).exit_code == 65);
  place.store({{"a", "31"}});
  test_support::put_file(place.keystore().string() + ".tmp", "left by a crash");
  const auto done = place.run({"verify"});
  CHECK(done.exit_code == 0);
  CHECK(contains(done.out, "format 5, no passphrase, 1 entries"));
  for (const char* part : {"upgrade", "keystore.seed", "elasticsearch.keystore.tmp"})
    CHECK(contains(done.err, part));
  test_support::put_file(place.keystore(), test_support::file_content(place.keystore()).substr(1));
  CHECK(place.run({"verify"}).exit_code == 74);
}

TEST_CASE("keystore: where stock is at fault, esboot is not") {
  const Place place;
  const std::map<std::string, std::string> entries{{"keystore.seed", "41"}, {"a", "31"}};
  place.store(entries);
  SUBCASE("passphrases that differ are not shown") {
    const auto done = place.run({"passwd"}, "hunter2\nhunter3\n");
    CHECK(done.exit_code == 65);
    CHECK_FALSE(contains(done.out + done.err, "hunter"));
  }
  SUBCASE("a refused entry does not take the earlier ones with it") {
    const auto done = place.run({"add", "-x", "n", "a", "m"}, "1\nn\n2\n");
    CHECK(done.exit_code == 0);
    CHECK(place.stored() == "a=31 keystore.seed=seed n=31");
  }
  SUBCASE("no readable elasticsearch.yml is needed") {
    test_support::put_file(place.config() / "elasticsearch.yml", "a: [broken");
    CHECK(place.run({"list"}).exit_code == 0);
  }
  SUBCASE("a name that cannot be is found before a value is read") {
    CHECK(place.run({"add", "-x", "n", "bad name"}, "").exit_code == 65);
    CHECK(place.run({"add-file", "bad name", "/etc/hosts"}).exit_code == 65);
  }
  SUBCASE("a call that fails leaves no new keystore behind") {
    fs::remove(place.keystore());
    CHECK(place.run({"add", "-f"}).exit_code == 64);
    CHECK(place.run({"add-file", "-f", "n", "/nonexistent"}).exit_code == 74);
    CHECK_FALSE(fs::exists(place.keystore()));
  }
  SUBCASE("the stock tool's leftover of a crash does not stop a save") {
    test_support::put_file(place.keystore().string() + ".tmp", "left by a crash");
    CHECK(place.run({"add", "-x", "n"}, "1\n").exit_code == 0);
    CHECK(contains(place.stored(), "n=31"));
  }
  SUBCASE("our own leftover of a crash does not either, and is gone") {
    test_support::put_file(place.keystore().string() + ".esboot-new", "half");
    CHECK(place.run({"add", "-x", "n"}, "1\n").exit_code == 0);
    CHECK(std::distance(fs::directory_iterator(place.config()), {}) == 1);
  }
}

TEST_CASE("keystore: the mode of the file is kept") {
  const Place place;
  place.store({{"keystore.seed", "41"}});
  REQUIRE(chmod(place.keystore().c_str(), 0640) == 0);
  CHECK(place.run({"add", "-x", "n"}, "1\n").exit_code == 0);
  CHECK(place.run({"create"}, "y\n").exit_code == 0);
  CHECK((status_of(place.keystore()).st_mode & 07777U) == 0640U);
}

TEST_CASE("keystore: root keeps the owner of the file, and gives a new one that of its directory") {
  if (geteuid() != 0) {
    test_support::report_skip("keystore owner", "only root can give files away");
    return;
  }
  const Place place;
  place.store({{"keystore.seed", "41"}});
  REQUIRE(chown(place.keystore().c_str(), 4711, 4712) == 0);
  CHECK(place.run({"add", "-x", "n"}, "1\n").exit_code == 0);
  CHECK(status_of(place.keystore()).st_uid == 4711);
  CHECK(status_of(place.keystore()).st_gid == 4712);
  fs::remove(place.keystore());
  REQUIRE(chown(place.config().c_str(), 4713, 4714) == 0);
  CHECK(place.run({"create"}).exit_code == 0);
  CHECK(status_of(place.keystore()).st_uid == 4713);
  CHECK(status_of(place.keystore()).st_gid == 4714);
}

TEST_CASE("keystore: of writers at the same time none is lost") {
  const Place place;
  place.store({{"keystore.seed", "41"}});
  std::vector<std::future<ChildResult>> writers;
  writers.reserve(12);
  for (int i = 0; i < 12; ++i)
    writers.push_back(std::async(std::launch::async, [&place, i] {
      // Values on argv only here, where they are no secrets: pipes would be inherited by siblings.
      auto request = place.request({"add", "-x", "n" + std::to_string(10 + i)});
      request.argv.insert(request.argv.begin(), {"/bin/sh", "-c", "echo 1 | \"$@\"", "sh"});
      return test_support::run_child(request);
    }));
  for (auto& writer : writers) CHECK(writer.get().exit_code == 0);
  std::string expected = "keystore.seed=seed";
  for (int i = 0; i < 12; ++i) expected += " n" + std::to_string(10 + i) + "=31";
  CHECK(place.stored() == expected);
}

TEST_CASE("keystore: a writer waits for the one who holds the directory, a reader does not") {
  const Place place;
  place.store({{"keystore.seed", "41"}});
  const int directory = open(place.config().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  REQUIRE(flock(directory, LOCK_EX) == 0);
  // Before the writer runs: two children at once would hold open the pipes of each other.
  CHECK(place.run({"list"}).out == "keystore.seed\n");
  auto writer =
      std::async(std::launch::async, [&place] { return place.run({"add", "-x", "n"}, "1\n"); });
  CHECK(writer.wait_for(std::chrono::milliseconds(300)) == std::future_status::timeout);
  close(directory);
  const ChildResult waited = writer.get();
  CHECK(waited.exit_code == 0);
  CHECK(contains(waited.err, "waiting"));
}

TEST_CASE("keystore: the calls of the Docker entrypoint set bootstrap.password once") {
  // Behaviour page 1.5 step 4.
  static constexpr const char* kEntrypoint = R"(
    set -e
    [ -e "$ES_HOME/config/elasticsearch.keystore" ] || "$@" create
    if ! "$@" has-passwd --silent; then
      "$@" list | grep -q '^bootstrap.password$' ||
        echo "$ELASTIC_PASSWORD" | "$@" add -x bootstrap.password
    else
      echo "$KEYSTORE_PASSWORD" | "$@" list | grep -q '^bootstrap.password$' ||
        printf '%s\n%s' "$KEYSTORE_PASSWORD" "$ELASTIC_PASSWORD" | "$@" add -x bootstrap.password
    fi)";
  const Place place;
  const auto run_entrypoint = [&](const std::string& password) {
    auto request = place.request({});
    request.argv.insert(request.argv.begin(), {"/bin/bash", "-c", kEntrypoint, "entrypoint"});
    request.environment.insert({{"ELASTIC_PASSWORD", password}, {"KEYSTORE_PASSWORD", "secret"}});
    return test_support::run_child(request).exit_code;
  };
  SUBCASE("without a passphrase") {
    CHECK(run_entrypoint("one") == 0);
    CHECK(place.stored() == "bootstrap.password=6f6e65 keystore.seed=seed");
    CHECK(run_entrypoint("two") == 0);
    CHECK(place.stored() == "bootstrap.password=6f6e65 keystore.seed=seed");
  }
  SUBCASE("with a passphrase") {
    place.store({{"keystore.seed", "41"}}, "secret");
    CHECK(run_entrypoint("one") == 0);
    CHECK(run_entrypoint("two") == 0);
    CHECK(place.stored("secret") == "bootstrap.password=6f6e65 keystore.seed=seed");
  }
}

TEST_CASE("keystore: called by the stock tool's name it is that tool") {
  const Place place;
  fs::create_directory(place.file("bin"));
  fs::copy_file(test_support::esboot_binary(), place.file("bin") / "esboot");
  fs::create_symlink("esboot", place.file("bin") / "elasticsearch-keystore");
  const auto done = test_support::run_child(
      {{(place.file("bin") / "elasticsearch-keystore").string(), "create"}, "", {}, "."});
  CHECK(done.exit_code == 0);
  CHECK(place.stored() == "keystore.seed=seed");
}

TEST_CASE("keystore: while it holds secrets it can neither be dumped nor traced") {
  const Place place;
  place.store({{"keystore.seed", "41"}});
  fs::copy_file(test_support::esboot_binary(), place.file("esboot"));
  // The kernel gives the /proc files of a process that is not dumpable to root, whoever runs it. So
  // another user has to run it for the difference to show.
  std::vector<std::string> argv{"/bin/sh", "-c",
                                "mkfifo fifo; ./esboot keystore add -x n < fifo & exec 9> fifo; "
                                "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.1; "
                                "owner=$(stat -c %u /proc/$!/mem); "
                                "[ \"$owner\" != 0 ] || break; done; "
                                "echo \"$owner\"; echo value >&9; exec 9>&-; wait $!"};
  if (geteuid() == 0) {
    for (const auto& entry : fs::recursive_directory_iterator(place.file("")))
      REQUIRE(chown(entry.path().c_str(), 65534, 65534) == 0);
    REQUIRE(chown(place.file("").c_str(), 65534, 65534) == 0);
    argv.insert(argv.begin(),
                {"/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"});
  }
  const auto done = test_support::run_child(
      {argv, "", {{"ES_HOME", place.file("").string()}}, place.file("").string()});
  CHECK_MESSAGE(done.exit_code == 0, done.err);
  CHECK(done.out == "0\n");
  CHECK(contains(place.stored(), "n=76616c7565"));
}
