#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "launcher/settings.h"

namespace {

using launcher::Settings;
using List = std::vector<std::string>;

base::Result<Settings> settings_of(const std::string& yml,
                                   const std::vector<launcher::SettingArgument>& arguments = {},
                                   const launcher::Environment& environment = {}) {
  return launcher::make_settings({"/es", yml, "elasticsearch.yml", arguments, environment});
}

}  // namespace

TEST_CASE("YAML is flattened as the server does it") {
  struct Case {
    std::string yml;
    std::string key;
    launcher::SettingValue value;
  };
  for (const Case& each :
       std::vector<Case>{{"a.b: 1", "a.b", "1"},
                         {"a:\n  b: x", "a.b", "x"},
                         {"a:\n  b.c: x", "a.b.c", "x"},
                         {"a: [1, two]", "a", List{"1", "two"}},
                         {"a: []", "a", List{}},
                         {"a.b: 1\na: {b: 2}", "a.b", "2"},
                         {"a: True", "a", "true"},
                         {"a: yes", "a", "true"},
                         {"a: Off", "a", "false"},
                         {"a: \"True\"", "a", "True"},
                         {"a: 0x10", "a", "0x10"},
                         {"a: 'null'", "a", "null"},
                         {"node.name: n\xC3\xB6"
                          "de",
                          "node.name",
                          "n\xC3\xB6"
                          "de"},
                         {"path.repo: [x, /y]", "path.repo", List{"/es/x", "/y"}},
                         {"path.logs: l/../m", "path.logs", "/es/m"},
                         {"", "path.logs", "/es/logs"},
                         {"", "cluster.name", "elasticsearch"},
                         {"force.a: 1\na: 2", "a", "1"},
                         {"a: ${b}\nb: ${c}x\nc: 1", "a", "1x"},
                         {"a: ${b:fallback}", "a", "fallback"},
                         {"a: ${prompt.text}", "a", "${prompt.text}"}}) {
    CAPTURE(each.yml);
    const auto settings = settings_of(each.yml);
    REQUIRE_MESSAGE(settings.ok(), settings.error().message);
    REQUIRE(settings.value().contains(each.key));
    CHECK(settings.value().at(each.key) == each.value);
  }
}

TEST_CASE("arguments override the yml, and are YAML themselves") {
  const auto settings = settings_of("a: 1\nb: 2", {{"a", "[x, y]"}, {"c", "'#1'"}});
  REQUIRE(settings.ok());
  CHECK(settings.value().at("a") == launcher::SettingValue(List{"x", "y"}));
  CHECK(settings.value().at("b") == launcher::SettingValue("2"));
  CHECK(settings.value().at("c") == launcher::SettingValue("#1"));
}

TEST_CASE("the environment is filled into the text of the yml only") {
  const launcher::Environment environment{{{"NAME", "n1"}, {"HOSTNAME", "h1"}, {"LIST", "[p, q]"}}};
  const auto settings =
      settings_of("# ${NAME}\nnode.name: ${NAME}-${HOSTNAME}\na: ${LIST}", {}, environment);
  REQUIRE(settings.ok());
  CHECK(launcher::text_setting(settings.value(), "node.name") == "n1-h1");
  CHECK(settings.value().at("a") == launcher::SettingValue(List{"p", "q"}));
  CHECK_FALSE(settings_of("", {{"node.name", "${NAME}"}}, environment).ok());
  CHECK(launcher::text_setting(settings_of("", {}, environment).value(), "node.name") == "h1");
}

TEST_CASE("settings that cannot be known are refused with their place") {
  struct Case {
    std::string yml;
    std::string said;
  };
  for (const Case& each : std::vector<Case>{{"a: [1", "line 1"},
                                            {"a: 1\na: 2", "line 2 column 1"},
                                            {"a: {b: 1, b: 2}", "sets a.b a second time"},
                                            {"a:", "gives no value to a"},
                                            {"a: ~", "gives no value to a"},
                                            {"- a", "is not a map"},
                                            {"a: [~]", "not a text"},
                                            {"a:\n- {b: 1}", "not a text"},
                                            {"a: 1\n---\nb: 2", "more than one YAML document"},
                                            {"a: ${b}", "${b}"},
                                            {"a: ${b}\nb: ${a}", "refers to itself"},
                                            {"a: \xFF", "UTF-8"},
                                            {"a: &x [*x]", "elasticsearch.yml"}}) {
    CAPTURE(each.yml);
    const auto settings = settings_of(each.yml);
    REQUIRE_FALSE(settings.ok());
    CHECK(settings.error().kind == base::ErrorKind::kInternal);
    CHECK(settings.error().message.find(each.said) != std::string::npos);
  }
}

TEST_CASE("variables are settings in a container, and where they are asked for") {
  launcher::Environment environment{{{"ES_SETTING_NODE_ATTR_FOO__BAR", "x"},
                                     {"node.attr.direct", "y"},
                                     {"Upper.case", "1"},
                                     {"dotless", "1"},
                                     {"a..b", "1"}}};
  using Texts = std::map<std::string, std::string>;
  const Texts both{{"node.attr.foo_bar", "x"}, {"node.attr.direct", "y"}};
  CHECK(launcher::environment_settings(environment, "docker") == both);
  CHECK(launcher::environment_settings(environment, "zip").empty());
  environment.variables["ES_SETTINGS_FROM_ENV"] = "true";
  CHECK(launcher::environment_settings(environment, "rpm") == Texts{{"node.attr.foo_bar", "x"}});
}

TEST_CASE("nesting and size are bounded") {
  CHECK_FALSE(settings_of(std::string(5000, '[')).ok());
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "{a: ";
  CHECK_FALSE(settings_of(deep + "1" + std::string(300, '}')).ok());
  std::string many;
  for (int i = 0; i < 100000; ++i) many += "k" + std::to_string(i) + ": v\n";
  CHECK(settings_of(many).value().size() > 100000);
}
