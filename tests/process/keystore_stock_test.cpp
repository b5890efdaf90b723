// The same invocations of the stock bin/elasticsearch-keystore and of esboot, on identical copies.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <future>
#include <string>
#include <vector>

#include "base/sha256.h"
#include "base/text.h"
#include "tests/support/child_process.h"
#include "tests/support/plain_store.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"
#include "tests/support/temp_dir.h"

namespace fs = std::filesystem;
using test_support::ChildResult;
using test_support::PlainStore;

namespace {

constexpr const char* kPassphrase = "secret";
constexpr const char* kSeedHex = "4142434445464748494a4b4c4d4e4f5051525354";

enum class Before { kNone, kPlain, kProtected, kFormat5, kNoSeed, kGarbage, kTooNew };
/// Whether stdout is data, to be the same byte for byte, or talk, of which only the presence
/// counts.
enum class Stdout { kTalk, kData };

struct Invocation {
  Before before;
  std::vector<std::string> arguments;
  std::string input;
  Stdout out = Stdout::kTalk;
};

const std::vector<Invocation>& invocations() {
  using enum Before;
  constexpr auto kData = Stdout::kData;
  static const std::vector<Invocation> all{
      {kNone, {}, ""},
      {kNone, {"list", "-h"}, ""},
      {kNone, {"nope"}, ""},
      {kPlain, {"list", "-x"}, ""},
      {kPlain, {"-s", "-v", "list"}, ""},
      {kPlain, {"list", "-Ea.b"}, ""},
      {kNone, {"create"}, ""},
      {kNone, {"create", "--pass"}, "new\nnew\n"},
      {kNone, {"create", "-p"}, "new\nother\n"},
      {kNone, {"create", "-p"}, ""},
      {kPlain, {"create"}, "y\n"},
      {kPlain, {"create"}, "maybe\nY\n"},
      {kProtected, {"create", "-s", "-p"}, "new\nnew\ny\n"},
      {kPlain, {"list"}, "", kData},
      {kPlain, {"list", "extra", "--verb"}, "", kData},
      {kPlain, {"-s", "-Ea.b=c", "list"}, "", kData},
      {kPlain, {"list", "-s"}, "", kData},
      {kProtected, {"list"}, "secret\r\n", kData},
      {kProtected, {"list"}, "wrong\n", kData},
      {kNone, {"list"}, "", kData},
      {kGarbage, {"list"}, "", kData},
      {kTooNew, {"list"}, "", kData},
      {kPlain, {"show", "text.value"}, "", kData},
      {kPlain, {"show", "binary.file"}, "", kData},
      {kProtected, {"show", "-s", "keystore.seed"}, "secret\n", kData},
      {kPlain, {"show", "none"}, "", kData},
      {kPlain, {"add", "new.one"}, "value\n"},
      {kPlain, {"add", "-x", "new.one"}, "first line\nsecond line\n"},
      {kPlain, {"add", "--std", "UPPER", "n-2"}, "v1\r\nw\xC3\xA4rt\n"},
      {kPlain, {"add", "-x", "n1", "n2"}, "v1\n"},
      {kPlain, {"add", "n1", "-x"}, "\n"},
      {kPlain, {"add", "-xf", "text.value"}, "new\n"},
      {kPlain, {"add", "-x", "text.value"}, "y\nnew\n"},
      {kPlain, {"add", "-x", "text.value"}, "\nnew\n"},
      {kPlain, {"add", "-x", "n1", "n1"}, "v\ny\nw\n"},
      {kPlain, {"add", "bad name"}, "value\n"},
      {kPlain, {"add", "-x", "n1", "bad/name"}, "v\nv\n"},
      {kPlain, {"add", "--", "-x"}, "v\n"},
      {kProtected, {"add", "-x", "n1"}, "secret\nv\n"},
      {kNone, {"add", "n1"}, "y\nv\n"},
      {kNone, {"add", "-f", "-x", "n1"}, "v\n"},
      {kFormat5, {"add", "-x", "n1"}, "v\n"},
      {kNoSeed, {"add", "-x", "n1"}, "v\n"},
      {kPlain, {"add-file", "n1"}, ""},
      {kPlain, {"add-file", "n1", "config/jvm.options"}, ""},
      {kPlain, {"add-file", "n1", "/nonexistent"}, ""},
      {kPlain, {"add-file", "-f", "text.value", "/dev/null", "n2", "/etc/hosts"}, ""},
      {kPlain, {"remove"}, ""},
      {kPlain, {"remove", "text.value", "binary.file"}, ""},
      {kPlain, {"remove", "text.value", "none"}, ""},
      {kPlain, {"remove", "text.value", "text.value"}, ""},
      {kProtected, {"remove", "keystore.seed"}, "secret\n"},
      {kFormat5, {"upgrade"}, ""},
      {kNoSeed, {"upgrade"}, ""},
      {kProtected, {"passwd"}, "secret\nnew\nnew\n"},
      {kProtected, {"passwd", "-s"}, "secret\n\n\n"},
      {kNone, {"has-passwd"}, ""},
      {kPlain, {"has-passwd"}, ""},
      {kProtected, {"has-passwd"}, ""},
      {kProtected, {"has-passwd", "--silent"}, ""},
  };
  return all;
}

PlainStore plain_store() {
  return {
      7,
      "",
      {{"keystore.seed", kSeedHex}, {"text.value", "7a776569e282ac"}, {"binary.file", "00ff80c0"}}};
}

/// The bytes of a keystore in each state, made once: each costs a key derivation.
std::string content_before(Before before) {
  static std::map<Before, std::string> known;
  if (before == Before::kNone) return "";
  if (const auto found = known.find(before); found != known.end()) return found->second;
  const test_support::TempDir dir;
  PlainStore store = plain_store();
  if (before == Before::kProtected) store.passphrase = kPassphrase;
  if (before == Before::kFormat5) store.format = 5;
  if (before == Before::kNoSeed) store.entries.erase("keystore.seed");
  test_support::save_store(dir / "k", store);
  std::string content = test_support::file_content(dir / "k");
  if (before == Before::kGarbage) content = std::string(200, 'g');
  if (before == Before::kTooNew) content[30] = 8;  // the last byte of the format
  return known[before] = content;
}

/// What the file holds after the call, in words. A seed that the tool made is not comparable.
std::string stored(const fs::path& file, const std::string& content_before_call) {
  if (!fs::exists(file)) return "no file";
  if (test_support::file_content(file) == content_before_call) return "untouched";
  for (const char* passphrase : {"", "new", kPassphrase}) {
    auto store = test_support::load_store(file, passphrase);
    if (!store) continue;
    if (const auto seed = store->entries.find("keystore.seed");
        seed != store->entries.end() && seed->second != kSeedHex)
      seed->second = "(new, " + std::to_string(seed->second.size() / 2) + " bytes)";
    return "format " + std::to_string(store->format) + ", passphrase '" + passphrase + "'\n" +
           store->listing();
  }
  return "a file that nothing opens";
}

struct Tool {
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
};

/// Everything of one call that the two tools shall have in common.
std::string answer_of(const Tool& tool, const Invocation& invocation) {
  const test_support::TempDir dir;
  const std::string content = content_before(invocation.before);
  const fs::path file = dir / "config" / "elasticsearch.keystore";
  fs::create_directory(dir / "config");
  if (!content.empty()) test_support::put_file(file, content);
  test_support::put_file(dir / "in", invocation.input);
  // Through files: with pipes, calls side by side would inherit each other's.
  test_support::ChildRequest request{
      {"/bin/sh", "-c", R"(exec "$@" < "$CASE/in" > "$CASE/out" 2> "$CASE/err")", "sh"},
      "",
      tool.environment,
      dir.path().string()};
  request.argv.insert(request.argv.end(), tool.argv.begin(), tool.argv.end());
  request.argv.insert(request.argv.end(), invocation.arguments.begin(), invocation.arguments.end());
  request.environment["CASE"] = dir.path().string();
  request.environment["ES_PATH_CONF"] = (dir / "config").string();
  const ChildResult done = test_support::run_child(request);
  const std::string out = test_support::file_content(dir / "out");
  const std::string spoken = invocation.out == Stdout::kTalk ? (out.empty() ? "no" : "yes") : out;
  return "exit code " + std::to_string(done.exit_code) + "\nstderr " +
         (test_support::file_content(dir / "err").empty() ? "no" : "yes") + "\nstdout " + spoken +
         "\nkeystore: " + stored(file, content);
}

std::string in_words(const Invocation& invocation) {
  std::string words = "keystore";
  for (const std::string& argument : invocation.arguments) words += " '" + argument + "'";
  return words + " (state " + std::to_string(static_cast<int>(invocation.before)) + ", input '" +
         invocation.input + "')";
}

/// The stock answer, from the last run on this machine where there was one: a call takes a second.
std::string stock_answer(const Tool& stock, const std::string& version,
                         const Invocation& invocation, const fs::path& cache) {
  const std::string key =
      version + "\n1\n" + in_words(invocation) + std::to_string(static_cast<int>(invocation.out));
  const auto hash =
      base::sha256(std::span(reinterpret_cast<const std::uint8_t*>(key.data()), key.size()));
  const fs::path recorded = cache / base::to_hex(hash.value());
  if (fs::exists(recorded)) return test_support::file_content(recorded);
  const std::string answer = answer_of(stock, invocation);
  test_support::put_file(recorded.string() + ".new", answer);
  fs::rename(recorded.string() + ".new", recorded);
  return answer;
}

}  // namespace

TEST_CASE("keystore: the stock tool and esboot answer alike") {
  std::string version = "9.5.3";
  auto jdk = test_support::jdk_for(version);
  if (!jdk) jdk = test_support::jdk_for(version = "8.19.21");
  const auto home = jdk ? test_support::es_home(version) : std::nullopt;
  if (!home) {
    test_support::report_skip("keystore stock tool", "no real Elasticsearch or no JDK for it");
    return;
  }
  const Tool stock{{(*home / "bin/elasticsearch-keystore").string()},
                   {{"ES_JAVA_HOME", jdk->string()},
                    {"CLI_JAVA_OPTS", "-XX:TieredStopAtLevel=1"}}};  // a third less CPU a call
  const Tool esboot{{test_support::esboot_binary(), "keystore"}, {{"ES_HOME", home->string()}}};
  const fs::path cache = test_support::cache_directory() / "keystore-answers";
  fs::create_directories(cache);
  for (const Before before : {Before::kPlain, Before::kProtected, Before::kFormat5, Before::kNoSeed,
                              Before::kGarbage, Before::kTooNew})
    REQUIRE_FALSE(content_before(before).empty());

  std::vector<std::string> expected(invocations().size());
  const auto ask_stock = [&](std::size_t first) {
    for (std::size_t i = first; i < expected.size(); i += 2)
      expected[i] = stock_answer(stock, version, invocations()[i], cache);
  };
  auto second_half = std::async(std::launch::async, ask_stock, 1);
  ask_stock(0);
  second_half.get();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO(in_words(invocations()[i]));
    CHECK(answer_of(esboot, invocations()[i]) == expected[i]);
  }
}
