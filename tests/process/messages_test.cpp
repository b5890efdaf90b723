// How esboot speaks: on a terminal, in a narrow one, without one, and to a program.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <string>
#include <vector>

#include "base/text.h"
#include "tests/support/configured_node.h"
#include "tests/support/file_content.h"

namespace {

namespace json = boost::json;
using test_support::ConfiguredNode;
using test_support::contains;
using test_support::StandInNode;

/// Every line of a stderr as the object that it is, and with the fields that all of them have.
std::vector<json::object> messages_in(const std::string& err) {
  std::vector<json::object> messages;
  for (const std::string& line : base::split(err, '\n')) {
    if (line.empty()) continue;
    boost::system::error_code error;
    const json::value value = json::parse(line, error);
    REQUIRE_MESSAGE(!error, line);
    messages.push_back(value.as_object());
    for (const char* const field :
         {"@timestamp", "log.level", "message", "ecs.version", "service.name", "event.dataset",
          "process.thread.name", "log.logger"})
      CHECK_MESSAGE(messages.back().contains(field), line);
    CHECK(messages.back().at("log.logger") == "esboot");
  }
  return messages;
}

bool has_message(const std::vector<json::object>& messages, const std::string& level,
                 const std::string& part) {
  return std::any_of(messages.begin(), messages.end(), [&](const json::object& each) {
    return each.at("log.level").as_string().c_str() == level &&
           contains(each.at("message").as_string().c_str(), part);
  });
}

constexpr const char* kEscape = "\x1b[";

}  // namespace

TEST_CASE("--log-format json makes every message of a start an object with the fields of ECS") {
  StandInNode fresh;
  const auto configured = messages_in(fresh.start({"--log-format", "json"}).err);
  CHECK(has_message(configured, "INFO", "security is configured"));
  CHECK(has_message(configured, "INFO", "the password of the user elastic is in "));

  StandInNode skips;
  skips.put(skips.config() / "elasticsearch.yml", "xpack.security.enabled: false\n");
  const auto skipped = messages_in(skips.start({"--log-format=json", "-v"}).err);
  REQUIRE(skipped.size() == 1);
  CHECK(has_message(skipped, "INFO", "security is not configured automatically"));
  CHECK(skipped[0].contains("esboot.hint"));

  skips.environment["JAVA_OPTS"] = "-Xmx1g";
  // Which the stock launcher says on stdout.
  CHECK(has_message(messages_in(skips.start({"--log-format=json"}).out), "WARN", "JAVA_OPTS"));

  ConfiguredNode dies;
  dies.script(
      "log [2026-11-24T10:00:00,000][ERROR][o.e.b.Elasticsearch] [n] fatal \"cause\"\nexit 3");
  const auto ended = messages_in(dies.start({"--log-format=json", "--init"}).err);
  CHECK(has_message(ended, "ERROR", "ended before it was ready with exit code 3"));
  CHECK(has_message(ended, "INFO", "fatal \"cause\""));
}

TEST_CASE("so it is with other commands, with errors in the options, and by ES_LOG_FORMAT") {
  StandInNode node;
  CHECK(has_message(messages_in(node.start({"--log-format", "json", "-Ebroken"}).err), "ERROR",
                    "-E broken has no value"));
  CHECK(has_message(messages_in(node.start({"keystore", "list", "--log-format=json"}).err), "ERROR",
                    "keystore"));
  node.environment["ES_LOG_FORMAT"] = "json";
  CHECK(has_message(messages_in(node.start({"no-such-command"}).err), "ERROR", "no-such-command"));
  const auto text = node.start({"no-such-command", "--log-format=text"});
  CHECK(text.err.starts_with("error: unknown command"));
  node.environment["ES_LOG_FORMAT"] = "xml";
  const auto refused = node.start();
  CHECK(refused.exit_code == 64);
  CHECK(contains(refused.err, "error: the log format is text or json, not 'xml'\nhint: "));
  CHECK_FALSE(node.record().complete);
}

TEST_CASE("labels are coloured on a terminal alone, and not with NO_COLOR or TERM=dumb") {
  StandInNode node;
  node.environment["TERM"] = "xterm";
  const std::vector<std::string> wrong{"-Ebroken"};
  CHECK(contains(node.start_on_terminal(wrong).out, "\x1b[1;31merror:\x1b[0m -E broken"));
  CHECK(node.start(wrong).err.starts_with("error: -E broken"));
  node.environment["TERM"] = "dumb";
  CHECK_FALSE(contains(node.start_on_terminal(wrong).out, kEscape));
  node.environment["TERM"] = "xterm";
  node.environment["NO_COLOR"] = "1";
  CHECK_FALSE(contains(node.start_on_terminal(wrong).out, kEscape));
}

TEST_CASE(
    "the credentials come in one block, with what to do next; ASCII, also on a narrow terminal") {
  for (const int columns : {110, 40}) {
    StandInNode node;
    node.environment["TERM"] = "xterm";
    node.environment["LC_ALL"] = "C";
    const std::string shown = node.start_on_terminal({"--key-type=p256"}, columns).out;
    CHECK(contains(shown, "Security is configured for this node."));
    for (const char* const name : {"user", "password", "CA certificate", "CA fingerprint", "try it",
                                   "connect Kibana", "another node", "new password"})
      CHECK(contains(shown, std::string("\n  ") + name));
    const std::string tool = (node.home() / "bin/elasticsearch-create-enrollment-token").string();
    CHECK(contains(shown, tool + " -s kibana"));
    CHECK(contains(shown, columns == 40 ? "user\r\n    elastic" : "user             elastic"));
    CHECK(std::all_of(shown.begin(), shown.end(),
                      [](char byte) { return static_cast<unsigned char>(byte) < 0x80; }));
  }
}
