// The packages of esboot beside an Elasticsearch that is laid out as its own deb lays it out
// (behaviour page 1.6; the deb itself is in no registry that tests may use), in a booted systemd.
// The module that tells systemd is in the packages only, so here it is esboot that says ready.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>
#include <string>

#include "tests/packaging/package_report.h"
#include "tests/support/booted_system.h"
#include "tests/support/file_content.h"
#include "tests/support/real_elasticsearch.h"
#include "tests/support/temp_dir.h"

namespace {

namespace fs = std::filesystem;
using packaging_tests::report_line;
using packaging_tests::shell;
using test_support::BootedSystem;
using test_support::contains;
using test_support::eventually;

constexpr const char* kVersion = "9.2.8";
constexpr auto kUp = std::chrono::minutes(3);

/// What is bound into the system: the distribution without its configuration, and packages.
struct Parts {
  test_support::TempDir place;

  explicit Parts(const fs::path& distribution) {
    chmod(place.path().c_str(), 0755);
    fs::copy(distribution, place / "es",
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    fs::rename(place / "es/config", place / "config");
    const fs::path script = place / "es/bin/elasticsearch-env";
    const std::string text = test_support::content(script);
    std::ofstream(script) << std::regex_replace(text, std::regex("ES_DISTRIBUTION_TYPE=\\w+"),
                                                "ES_DISTRIBUTION_TYPE=deb");
    write_unit();
  }

  void write_unit() const {
    std::ofstream(place / "elasticsearch.service")
        << "[Service]\nType=notify\nNotifyAccess=all\nRuntimeDirectory=elasticsearch\n"
           "PrivateTmp=true\nEnvironment=ES_HOME=/usr/share/elasticsearch\n"
           "Environment=ES_PATH_CONF=/etc/elasticsearch\nEnvironment=PID_DIR=/run/elasticsearch\n"
           "EnvironmentFile=-/etc/default/elasticsearch\n"
           "WorkingDirectory=/usr/share/elasticsearch\nUser=elasticsearch\nGroup=elasticsearch\n"
           "ExecStart=/usr/share/elasticsearch/bin/elasticsearch -p ${PID_DIR}/elasticsearch.pid "
           "--quiet\nStandardOutput=journal\nStandardError=inherit\nLimitNOFILE=65535\n"
           "LimitNPROC=4096\nTimeoutStopSec=0\nKillMode=process\nSendSIGKILL=no\n"
           "SuccessExitStatus=143\nTimeoutStartSec=900\n";
  }

  /// Downloads what the deb and rpm's tool want and the root has not, and makes the next version.
  [[nodiscard]] packaging_tests::Shell collect_packages() const {
    const std::string root = test_support::cache_directory() / "debian-with-systemd";
    return shell(
        "mkdir -p $1/debs/partial $1/own; cp ./*.deb ./*.rpm $1/own\n"
        "names=$(dpkg-deb -f ./*.deb Depends | sed 's/ ([^)]*)//g; s/,//g')\n"
        "apt-get -qq -o Dir::State::status='" +
            root +
            "/var/lib/dpkg/status' -o Dir::Cache::archives=$1/debs -o Debug::NoLocking=1 -y "
            "--no-install-recommends --download-only install $names rpm\n"
            "export SOURCE_DATE_EPOCH=1; (cd " ESBOOT_BINARY_DIR
            "; cpack -D CPACK_PACKAGE_VERSION=99.0.0 -B $1/newer >/dev/null)\n",
        place.path());
  }

  [[nodiscard]] std::vector<std::string> binds(const fs::path& jdk) const {
    return {"--bind-ro=" + jdk.string() + ":/usr/lib/jvm/jdk",
            "--bind-ro=" + (place / "es").string() + ":/usr/share/elasticsearch",
            "--bind-ro=" + place.path().string() + ":/mnt",
            "--bind-ro=" + (place / "elasticsearch.service").string() +
                ":/usr/lib/systemd/system/elasticsearch.service"};
  }
};

/// What the installation script of the Elasticsearch package does, with the stock tools.
constexpr const char* kInstallElasticsearch =
    "set -e\n"
    "useradd --system elasticsearch\n"
    "cp -r /mnt/config /etc/elasticsearch\n"
    "install -d -o elasticsearch -g elasticsearch -m 2750 /var/lib/elasticsearch "
    "/var/log/elasticsearch\n"
    "echo \"127.0.0.1 localhost $(hostname)\" >/etc/hosts\n"
    "printf 'path.data: /var/lib/elasticsearch\\npath.logs: /var/log/elasticsearch\\n' "
    ">>/etc/elasticsearch/elasticsearch.yml\n"
    "printf 'ES_PATH_CONF=/etc/elasticsearch\\nES_JAVA_HOME=/usr/lib/jvm/jdk\\n"
    "ES_JAVA_OPTS=\"-Xms512m -Xmx512m\"\\n' >/etc/default/elasticsearch\n"
    "export ES_PATH_CONF=/etc/elasticsearch ES_JAVA_HOME=/usr/lib/jvm/jdk\n"
    "export CLI_LIBS=modules/x-pack-core,modules/x-pack-security,lib/tools/security-cli\n"
    "CLI_NAME=auto-configure-node /usr/share/elasticsearch/bin/elasticsearch-cli </dev/null\n"
    "CLI_NAME=auto-config-gen-passwd /usr/share/elasticsearch/bin/elasticsearch-cli "
    "</dev/null >/root/password\n"
    "chown -R root:elasticsearch /etc/elasticsearch\n"
    "find /etc/elasticsearch -type d -exec chmod 2750 {} + -o -exec chmod 660 {} +\n"
    "systemctl daemon-reload\n";

void run(const BootedSystem& system, const std::string& line) {
  const auto done = system.run("set -e; " + line);
  REQUIRE_MESSAGE(done.exit_code == 0, line, "\n", done.out, done.err,
                  system.run("journalctl --no-pager -n 60 -u elasticsearch").out);
}

std::string property(const BootedSystem& system, const std::string& name) {
  std::string text = system.run("systemctl show --value -p " + name + " elasticsearch").out;
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string authenticate(const BootedSystem& system, const Parts& parts,
                         const std::string& password) {
  const std::string ca = (parts.place / "http_ca.crt").string();
  std::ofstream(ca) << system.run("cat /etc/elasticsearch/certs/http_ca.crt").out;
  return system
      .run_in_network({"/usr/bin/curl", "-s", "-m", "5", "-o", "/dev/null", "-w", "%{http_code}",
                       "--cacert", ca, "-u", "elastic:" + password,
                       "https://localhost:9200/_security/_authenticate"})
      .out;
}

bool answers(const BootedSystem& system, const Parts& parts) {
  const std::string password = system.run("cat /root/password").out;
  return eventually([&] { return authenticate(system, parts, password) == "200"; }, kUp) &&
         eventually([&] { return authenticate(system, parts, "wrong") == "401"; }, kUp);
}

const std::string kDropIn =
    "cp -r /usr/share/esboot/systemd/elasticsearch.service.d /etc/systemd/system/; "
    "systemctl daemon-reload; ";
const std::string kNoDropIn =
    "rm -r /etc/systemd/system/elasticsearch.service.d; systemctl daemon-reload; ";

void check_node_of_esboot(const BootedSystem& system, const Parts& parts) {
  REQUIRE(property(system, "ActiveState") == "active");
  CHECK(property(system, "StatusText") == "Elasticsearch is ready");
  const std::string main_pid = property(system, "MainPID");
  CHECK(system.run("cat /run/elasticsearch/elasticsearch.pid").out == main_pid);
  CHECK(contains(system.run("readlink /proc/" + main_pid + "/exe").out, "bin/java"));
  CHECK(contains(system.run("cat /proc/" + main_pid + "/cmdline | tr '\\0' '\\n'").out,
                 "-Des.distribution.type=deb"));
  CHECK(answers(system, parts));
  // Without a variable: the places of the package, and its environment file.
  CHECK(system.run("esboot ready").exit_code == 0);
  CHECK(system.run("esboot check").exit_code == 3);
  CHECK(contains(system.run("esboot keystore list").out, "autoconfiguration.password_hash"));
}

}  // namespace

TEST_CASE("packages: beside an Elasticsearch laid out as its deb, in a booted Debian") {
  const std::string test = "the packages beside a packaged Elasticsearch";
  const auto distribution = test_support::es_home(kVersion);
  const auto jdk = test_support::jdk_for(kVersion);
  if (!distribution || !jdk)
    return test_support::report_skip(test, "no Elasticsearch or no JDK for it");
  const Parts parts(*distribution);
  const auto system = BootedSystem::boot(test, parts.binds(fs::canonical(*jdk)));
  if (!system) return;
  const auto collected = parts.collect_packages();
  REQUIRE_MESSAGE(collected.exit_code == 0, collected.out);
  run(*system, kInstallElasticsearch);

  run(*system, "dpkg -i /mnt/debs/*.deb /mnt/own/*.deb");
  run(*system, kDropIn + "systemctl start elasticsearch");
  check_node_of_esboot(*system, parts);
  const std::string before = property(*system, "MainPID");
  run(*system, "dpkg -i /mnt/newer/*.deb");
  CHECK(property(*system, "MainPID") == before);
  run(*system, "systemctl restart elasticsearch");
  check_node_of_esboot(*system, parts);
  run(*system, "systemctl stop elasticsearch");
  CHECK(property(*system, "Result") == "success");

  // And back: what the package of Elasticsearch brought starts the same node.
  run(*system, kNoDropIn +
                   "dpkg -P esboot; mkdir /etc/systemd/system/elasticsearch.service.d; "
                   "printf '[Service]\\nType=simple\\n' "
                   ">/etc/systemd/system/elasticsearch.service.d/type.conf; "
                   "systemctl daemon-reload; systemctl start elasticsearch");
  CHECK(answers(*system, parts));
  run(*system, "systemctl stop elasticsearch;" + kNoDropIn);

  run(*system, "rpm -i --nodeps /mnt/own/*.rpm");
  run(*system, kDropIn + "systemctl start elasticsearch");
  check_node_of_esboot(*system, parts);
  run(*system, "rpm -U --nodeps /mnt/newer/*.rpm; systemctl restart elasticsearch");
  check_node_of_esboot(*system, parts);
  run(*system, "systemctl stop elasticsearch;" + kNoDropIn + "rpm -e esboot");
  CHECK(system->run("test -e /usr/bin/esboot || test -e /usr/share/esboot").exit_code != 0);
  report_line(
      "deb and rpm in a booted Debian 12, beside an Elasticsearch " + std::string(kVersion) +
      " laid out and configured as its deb is: installed, the drop-in's node ready with 200 and "
      "401, upgraded under the running node, restarted, removed, the node started by the stock "
      "launcher.\n");
}
