#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>

#include "tests/support/booted_system.h"
#include "tests/support/file_content.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/stand_in_node.h"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;
using test_support::BootedSystem;
using test_support::contains;
using test_support::eventually;

constexpr const char* kVersion = "9.5.3";
constexpr const char* kPassword = "of-a-credential";
constexpr double kMaxExposure = 2.5;
constexpr auto kUp = std::chrono::minutes(3);

/// An Elasticsearch as the unit expects it, the unit, and a user for it.
struct TarInstallation {
  test_support::TempDir place;

  explicit TarInstallation(const fs::path& distribution) {
    chmod(place.path().c_str(), 0755);
    fs::copy(distribution, place / "es",
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    for (const char* const name : {"data", "logs"}) fs::create_directories(place / "es" / name);
    fs::copy_file(test_support::esboot_binary(), place / "esboot");
    fs::copy_file(fs::path(ESBOOT_SOURCE_DIR) / "packaging/systemd/elasticsearch.service",
                  place / "elasticsearch.service");
    std::ofstream(place / "password") << kPassword << '\n';
    chmod((place / "password").c_str(), 0600);
  }

  [[nodiscard]] std::vector<std::string> binds(const fs::path& jdk) const {
    return {"--bind-ro=" + jdk.string() + ":/usr/lib/jvm/jdk",
            "--bind=" + (place / "es").string() + ":/opt/elasticsearch",
            "--bind-ro=" + (place / "esboot").string() + ":/usr/bin/esboot",
            "--bind-ro=" + (place / "elasticsearch.service").string() +
                ":/etc/systemd/system/elasticsearch.service",
            "--bind-ro=" + (place / "password").string() + ":/etc/elastic_password"};
  }
};

void set_up(const BootedSystem& system) {
  const auto done = system.run(
      "set -e\n"
      "useradd --system elasticsearch\n"
      "chown -R elasticsearch:elasticsearch /opt/elasticsearch/config /opt/elasticsearch/data "
      "/opt/elasticsearch/logs\n"
      "echo \"127.0.0.1 localhost $(hostname)\" >/etc/hosts\n"
      "printf 'ES_JAVA_HOME=/usr/lib/jvm/jdk\\nES_JAVA_OPTS=-Xms512m -Xmx512m\\n' "
      ">/etc/default/elasticsearch\n"
      "mkdir /etc/systemd/system/elasticsearch.service.d\n"
      "printf '[Service]\\nLoadCredential=elastic_password:/etc/elastic_password\\n' "
      ">/etc/systemd/system/elasticsearch.service.d/credential.conf\n"
      "systemctl daemon-reload\n");
  REQUIRE_MESSAGE(done.exit_code == 0, done.err);
}

std::string property(const BootedSystem& system, const std::string& name) {
  std::string text = system.run("systemctl show --value -p " + name + " elasticsearch").out;
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string authenticate(const BootedSystem& system, const TarInstallation& node,
                         const std::string& password) {
  return system
      .run_in_network({"/usr/bin/curl", "-s", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}",
                       "--cacert", (node.place / "es/config/certs/http_ca.crt").string(), "-u",
                       "elastic:" + password, "https://localhost:9200/_security/_authenticate"})
      .out;
}

bool answers(const BootedSystem& system, const TarInstallation& node) {
  return eventually([&] { return authenticate(system, node, kPassword) == "200"; }, kUp);
}

void check_unit_file(const BootedSystem& system) {
  const auto verified = system.run("systemd-analyze verify --man=no elasticsearch.service");
  CHECK(verified.out + verified.err == "");
  const std::string exposure = system.run("systemd-analyze security elasticsearch.service").out;
  std::smatch match;
  REQUIRE(std::regex_search(exposure, match, std::regex("Overall exposure level[^:]*: ([0-9.]+)")));
  CHECK(std::stod(match[1]) <= kMaxExposure);
  MESSAGE("exposure: ", match[1].str());
}

}  // namespace

TEST_CASE("a node under the unit, in a booted systemd: ready, restarted, stopped, failed") {
  const std::string test = "a node in a booted systemd";
  const auto distribution = test_support::es_home(kVersion);
  const auto jdk = test_support::jdk_for(kVersion);
  if (!distribution || !jdk) {
    test_support::report_skip(test, "no Elasticsearch or no JDK for it");
    return;
  }
  const TarInstallation node(*distribution);
  const auto system = BootedSystem::boot(test, node.binds(fs::canonical(*jdk)));
  if (!system) return;
  set_up(*system);
  check_unit_file(*system);

  const auto started = system->run("systemctl start elasticsearch");
  REQUIRE_MESSAGE(started.exit_code == 0, started.err,
                  system->run("journalctl -u elasticsearch").out);
  CHECK(property(*system, "ActiveState") == "active");
  CHECK(property(*system, "StatusText") == "Elasticsearch is ready");
  const std::string main_pid = property(*system, "MainPID");
  CHECK(contains(system->run("readlink /proc/" + main_pid + "/exe").out, "bin/java"));
  CHECK(system->run("ES_HOME=/opt/elasticsearch esboot ready").exit_code == 0);
  CHECK(answers(*system, node));
  // 503 for as long as the security index is not there yet.
  CHECK(eventually([&] { return authenticate(*system, node, "wrong") != "503"; }, kUp));
  CHECK(authenticate(*system, node, "wrong") == "401");
  CHECK_FALSE(contains(system->run("journalctl --no-pager").out, kPassword));

  system->run("kill -KILL " + main_pid);
  CHECK(eventually([&] { return property(*system, "NRestarts") == "1"; }));
  CHECK(eventually([&] { return property(*system, "ActiveState") == "active"; }, kUp));

  CHECK(system->run("systemctl stop elasticsearch").exit_code == 0);
  CHECK(property(*system, "ActiveState") == "inactive");
  CHECK(property(*system, "Result") == "success");

  system->run("echo no.such.setting: 1 >>/opt/elasticsearch/config/elasticsearch.yml");
  CHECK(system->run("systemctl start elasticsearch").exit_code != 0);
  const std::string journal = system->run("journalctl --no-pager -u elasticsearch").out;
  CHECK(contains(property(*system, "StatusText"), "unknown setting [no.such.setting]"));
  CHECK(contains(journal, "error: Elasticsearch ended before it was ready"));
  CHECK(contains(journal, "the last errors in its log /opt/elasticsearch/logs/elasticsearch.log"));

  system->run(
      "systemctl stop elasticsearch; echo '  broken: [' "
      ">>/opt/elasticsearch/config/elasticsearch.yml; systemctl reset-failed elasticsearch");
  CHECK(system->run("systemctl start elasticsearch").exit_code != 0);
  CHECK(contains(property(*system, "StatusText"), "error: "));
  CHECK(contains(property(*system, "StatusText"), "elasticsearch.yml"));
}
