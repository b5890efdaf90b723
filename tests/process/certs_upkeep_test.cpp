#include "launcher/certs_upkeep.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "launcher/certs_site.h"
#include "tests/support/certificate_files.h"
#include "tests/support/node_directories.h"
#include "tests/support/stand_in_node.h"

namespace {

constexpr base::UnixSeconds kDay = 86400;
constexpr base::UnixSeconds kMade = 1795507000;

struct Upkeep {
  explicit Upkeep(const test_support::NodeDirectories& node) : directory(node.config().string()) {
    settings["xpack.security.http.ssl.keystore.path"] = "certs/http.p12";
    entries["xpack.security.http.ssl.keystore.secure_password"] =
        base::Secret::copy_of(node.http_password());
  }
  std::vector<std::string> at(long day, int renew_below_days) const {
    return launcher::look_after_certificates(directory, settings, entries,
                                             {renew_below_days, kMade + day * kDay});
  }

  std::string directory;
  launcher::Settings settings;
  keystore::Entries entries;
};

}  // namespace

TEST_CASE("a start says nothing, warns, or renews the HTTP certificate") {
  const test_support::NodeDirectories node(kMade);
  const Upkeep upkeep(node);
  CHECK(upkeep.at(600, 0).empty());
  CHECK(upkeep.at(600, 100).empty());
  const auto warned = upkeep.at(700, 0);
  REQUIRE(warned.size() == 1);
  CHECK(warned[0].find("http certificate http (CN=node-1) ends on ") == 0);
  CHECK(warned[0].find("in 30 days") != std::string::npos);
  const auto renewed = upkeep.at(700, 60);
  REQUIRE(renewed.size() == 1);
  CHECK(renewed[0].starts_with("the HTTP certificate is renewed until "));
  CHECK(upkeep.at(700, 60).empty());
  // The new certificate ends with its CA, on day 1095.
  CHECK(upkeep.at(1050, 0).size() == 2);
}

TEST_CASE("an expired CA or a damaged store is a warning, not a failure") {
  const test_support::NodeDirectories node(kMade);
  const Upkeep upkeep(node);
  const auto expired = upkeep.at(1100, 60);
  REQUIRE(expired.size() == 3);
  CHECK(expired[0].starts_with("the HTTP certificate is not renewed: "));
  CHECK(expired[1].find("has expired on") != std::string::npos);
  test_support::write_file(node.http_p12(), "no store");
  const auto damaged = upkeep.at(0, 60);
  REQUIRE(damaged.size() == 1);
  CHECK(damaged[0].starts_with("the certificates cannot be checked: "));
}

TEST_CASE("ES_RENEW_CERTS_DAYS is a number of days") {
  CHECK(launcher::renewal_days({}).value() == 0);
  CHECK(launcher::renewal_days({{{"ES_RENEW_CERTS_DAYS", "30"}}}).value() == 30);
  for (const char* bad : {"x", "30d", "-1", "99999999999"})
    CHECK_FALSE(launcher::renewal_days({{{"ES_RENEW_CERTS_DAYS", bad}}}).ok());
}

TEST_CASE("a later start renews the certificate where ES_RENEW_CERTS_DAYS asks for it") {
  test_support::StandInNode node;
  REQUIRE(node.start().exit_code == 0);
  const auto store = node.config() / "certs/http.p12";
  const std::string first = test_support::read_whole_file(store);
  REQUIRE_FALSE(first.empty());
  node.environment["ES_RENEW_CERTS_DAYS"] = "90";
  const auto quiet = node.start();
  CHECK(quiet.exit_code == 0);
  CHECK(quiet.err.find("certificate") == std::string::npos);
  CHECK(test_support::read_whole_file(store) == first);
  node.environment["ES_RENEW_CERTS_DAYS"] = "731";
  const auto renewed = node.start();
  CHECK(renewed.exit_code == 0);
  CHECK(renewed.err.find("warning: the HTTP certificate is renewed until ") != std::string::npos);
  CHECK(test_support::read_whole_file(store) != first);
  node.environment["ES_RENEW_CERTS_DAYS"] = "soon";
  CHECK(node.start().exit_code == 64);
}
