#include "launcher/keystore_changes.h"

#include <doctest/doctest.h>

#include "base/base64.h"
#include "base/sha256.h"
#include "base/text.h"
#include "launcher/keystore_json.h"

namespace {

/// "name:kind:content ...", or "error: message".
std::string parsed(std::string_view text) {
  const auto wanted = launcher::parse_wanted_entries(text);
  if (!wanted.ok()) return "error: " + wanted.error().message;
  std::string words;
  for (const auto& each : wanted.value()) {
    words += each.name;
    if (const auto* value = std::get_if<base::Secret>(&each.value))
      words.append(":text:").append(value->expose());
    else if (const auto* file = std::get_if<launcher::FileContent>(&each.value))
      words.append(":file:").append(file->path);
    else if (const auto* hash = std::get_if<base::Sha256>(&each.value))
      words.append(":sha256:").append(base::to_hex(*hash).substr(0, 8));
    else
      words += ":absent";
    words += ' ';
  }
  return words;
}

bool is_error_about(std::string_view text, const std::string& what) {
  const std::string result = parsed(text);
  INFO(result);
  return result.starts_with("error: ") && result.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("wanted entries: lines") {
  CHECK(parsed("") == "");
  CHECK(parsed("a=1\nb.c = x=y \n\n# d=2\r\ne=\r\nf=last") ==
        "a:text:1 b.c:text: x=y  e:text: f:text:last ");
  CHECK(is_error_about("a=1\nhunter2\n", "line 2"));
  CHECK_FALSE(is_error_about("a=1\nhunter2\n", "hunter2"));
  CHECK(is_error_about("a b=1", "'a b'"));
  CHECK(is_error_about("=1", "''"));
  CHECK(is_error_about("a=1\na=2", "a is given twice"));
}

TEST_CASE("wanted entries: JSON") {
  CHECK(parsed(" \n{}") == "");
  CHECK(parsed(R"({"a":"1","b":null,"c":{"file":"/x"},"d":{"base64":"aGk="}})") ==
        "a:text:1 b:absent c:file:/x d:text:hi ");
  CHECK(parsed(R"({"a":"\u00e4\ud83d\ude00"})") == "a:text:\xC3\xA4\xF0\x9F\x98\x80 ");
  CHECK(
      parsed(
          R"({"a":{"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}})") ==
      "a:sha256:ba7816bf ");
  CHECK(is_error_about("{\n \"a\": x}", "line 2, column"));
  CHECK(is_error_about("{\"a\":\"1\"", "JSON"));
  CHECK(is_error_about("{\"a\":\"1\"} x", "more follows"));
  CHECK(is_error_about("{\"a\":1}", "a is not text"));
  CHECK(is_error_about("{\"a\":{}}", "a needs one text"));
  CHECK(is_error_about(R"({"a":{"url":"x"}})", "unknown kind 'url'"));
  CHECK(is_error_about(R"({"a":{"base64":"a"}})", "not base64"));
  CHECK(is_error_about(R"({"a":{"sha256":"AB"}})", "64 lower-case"));
  CHECK(is_error_about(R"({"a/b":"1"})", "'a/b'"));
  CHECK(is_error_about("{\"a\":\"\xff\"}", "JSON"));
  const std::string deep = "{\"a\":" + std::string(100'000, '[');
  CHECK(is_error_about(deep, "JSON"));
}

TEST_CASE("values as JSON are what apply reads") {
  keystore::Entries entries;
  entries.emplace("text", base::Secret::copy_of("q\"\\\n\xC3\xA4"));
  entries.emplace("binary", base::Secret::copy_of("\xff\x01"));
  CHECK(launcher::names_to_json(entries) == "[\"binary\",\"text\"]\n");
  const base::Secret json = launcher::values_to_json(entries, {"text", "binary"});
  CHECK(json.expose() == "{\"text\":\"q\\\"\\\\\\n\xC3\xA4\",\"binary\":{\"base64\":\"/wE=\"}}\n");
  const auto back = launcher::parse_wanted_entries(json.expose());
  REQUIRE(back.ok());
  REQUIRE(back.value().size() == 2);
  for (const auto& each : back.value())
    CHECK(std::get<base::Secret>(each.value).equals(entries.at(each.name)));
}

TEST_CASE("base64 and SHA-256 agree with the vectors of their standards") {
  struct Pair {
    const char* text;
    const char* base64;
  };
  for (const auto& [text, base64] : {Pair{"", ""}, Pair{"f", "Zg=="}, Pair{"fo", "Zm8="},
                                     Pair{"foo", "Zm9v"}, Pair{"foobar", "Zm9vYmFy"}}) {
    const auto secret = base::Secret::copy_of(text);
    CHECK(base::to_base64(secret.bytes()).expose() == base64);
    CHECK(base::from_base64(base64).value().equals(secret));
  }
  for (const char* bad :
       {"Z", "Zg=", "Zg==\n", " Zg==", "Zh==", "Zg==Zg==", "Z===", "====", "Z$=="})
    CHECK_FALSE(base::from_base64(bad).has_value());
  const base::Secret large(5'000'000);
  CHECK(base::from_base64(base::to_base64(large.bytes()).expose()).value().equals(large));
  CHECK(base::to_hex(base::sha256(base::Secret::copy_of("abc").bytes()).value()) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
