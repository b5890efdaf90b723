#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "launcher/first_start_checks.h"
#include "launcher/network_addresses.h"
#include "launcher/stderr_filter.h"
#include "launcher/yml_block.h"

namespace {

using launcher::NodeFacts;
using launcher::Settings;
using List = std::vector<std::string>;

NodeFacts fresh_node() {
  NodeFacts facts;
  facts.config_directory = "/c";
  facts.yml_path = "/c/elasticsearch.yml";
  facts.keystore_path = "/c/elasticsearch.keystore";
  facts.config_facts.type = base::FileType::kDirectory;
  facts.config_facts.writable = true;
  facts.config_facts.uid = facts.effective_uid = 1000;
  facts.yml_facts.type = base::FileType::kRegular;
  facts.data_directories = {{"/d", false}};
  return facts;
}

const Settings& plain_settings() {
  static const Settings settings{{"node.name", "n1"}};
  return settings;
}

std::string check_that_skips(const NodeFacts& facts, Settings settings) {
  settings.emplace("node.name", "n1");
  const auto verdict = launcher::decide(facts, settings);
  if (verdict.configure) return "";
  CHECK_FALSE(verdict.finding.reason.empty());
  CHECK_FALSE(verdict.finding.hint.empty());
  return std::string(verdict.check);
}

std::string filtered(const std::vector<std::string>& pieces, bool* ready = nullptr) {
  launcher::StderrFilter filter({true, true});
  std::string out;
  const auto sink = [](void* context, std::string_view text) {
    static_cast<std::string*>(context)->append(text);
  };
  for (const std::string& piece : pieces) filter.feed(piece, sink, &out);
  filter.finish(sink, &out);
  if (ready != nullptr) *ready = filter.ready_seen();
  return out;
}

}  // namespace

TEST_CASE("settings that skip, and their exceptions") {
  struct Case {
    Settings settings;
    std::string check;
  };
  for (const Case& each : std::vector<Case>{
           {{}, ""},
           {{{"xpack.security.autoconfiguration.enabled", "false"}}, "switched-on"},
           {{{"xpack.security.autoconfiguration.enabled", "true"}}, ""},
           {{{"xpack.security.enabled", "true"}}, "security-unset"},
           {{{"xpack.security.enabled", "false"}}, "security-unset"},
           {{{"xpack.security.transport.ssl.enabled", "true"}}, "tls-unset"},
           {{{"xpack.security.http.ssl.key", "k"}}, "tls-unset"},
           {{{"xpack.security.http.sslx", "k"}}, ""},
           {{{"discovery.type", "single-node"}}, ""},
           {{{"discovery.type", "multi-node"}}, "initial-node"},
           {{{"discovery.seed_hosts", List{"a"}}}, "initial-node"},
           {{{"discovery.seed_hosts", List{}}}, ""},
           {{{"discovery.seed_providers", "file"}}, "initial-node"},
           {{{"cluster.initial_master_nodes", List{"n1"}}}, ""},
           {{{"cluster.initial_master_nodes", "n1"}}, ""},
           {{{"cluster.initial_master_nodes", List{"n1", "n2"}}}, "initial-node"},
           {{{"cluster.initial_master_nodes", List{"n2"}}}, "initial-node"},
           {{{"discovery.type", "single-node"}, {"discovery.seed_hosts", List{"a"}}}, ""},
           {{{"node.roles", List{"master", "data"}}}, ""},
           {{{"node.roles", List{"master", "data_hot"}}}, ""},
           {{{"node.roles", List{"data"}}}, "master-role"},
           {{{"node.roles", List{"master", "voting_only", "data"}}}, "master-role"},
           {{{"node.roles", List{"master"}}}, "data-role"},
           {{{"node.roles", List{}}}, "master-role"}}) {
    CAPTURE(each.check);
    CHECK(check_that_skips(fresh_node(), each.settings) == each.check);
  }
}

TEST_CASE("facts of the disk and the streams that skip") {
  const std::map<std::string, void (*)(NodeFacts&)> causes{
      {"data-directory", [](NodeFacts& facts) { facts.data_directories.push_back({"/e", true}); }},
      {"settings-file", [](NodeFacts& facts) { facts.yml_facts.type = base::FileType::kMissing; }},
      {"keystore-file",
       [](NodeFacts& facts) { facts.keystore_facts.type = base::FileType::kSymlink; }},
      {"tls-keystore",
       [](NodeFacts& facts) { facts.keystore_names = {"xpack.security.http.ssl.keystore.x"}; }},
      {"config-writable", [](NodeFacts& facts) { facts.config_facts.writable = false; }},
      {"config-owner", [](NodeFacts& facts) { facts.config_facts.uid = 0; }},
      {"output-visible",
       [](NodeFacts& facts) { facts.stdout_kind = launcher::StreamKind::kRegularFile; }},
      {"credentials-file", [](NodeFacts& facts) {
         facts.credentials_path = "/c/p";
         facts.credentials_facts.type = base::FileType::kRegular;
         facts.credentials_facts.size_bytes = 1;
       }}};
  for (const auto& [check, cause] : causes) {
    NodeFacts facts = fresh_node();
    cause(facts);
    CHECK(check_that_skips(facts, {}) == check);
  }
  NodeFacts named = fresh_node();
  named.stdout_kind = launcher::StreamKind::kRegularFile;
  named.credentials_place_named = true;
  CHECK(check_that_skips(named, {}).empty());
  NodeFacts linked = fresh_node();
  linked.yml_facts.type = base::FileType::kSymlink;
  CHECK(check_that_skips(linked, {}) == "settings-file");
}

TEST_CASE("a restart of a configured node is told apart from a skip") {
  NodeFacts facts = fresh_node();
  facts.data_directories = {{"/d", true}};
  CHECK_FALSE(launcher::decide(facts, plain_settings()).already_configured);
  CHECK(launcher::decide(facts, {{"xpack.security.enabled", "true"}}).already_configured);
}

TEST_CASE("the yml block has what is not set yet") {
  const auto block = [](const std::string& yml, const Settings& settings) {
    return launcher::with_security_block(yml, settings, 1700000000, certgen::StoreFormat::kPkcs12,
                                         nullptr);
  };
  const std::string plain = block("a: 1\r\nb: 2", plain_settings());
  CHECK(plain.starts_with(std::string("a: 1\nb: 2\n\n") + launcher::kYmlBlockBegin + "\n"));
  CHECK(
      plain.ends_with(std::string("#transport.host: 0.0.0.0\n\n") + launcher::kYmlBlockEnd + "\n"));
  CHECK(plain.find("14-11-2023 22:13:20\n") != std::string::npos);
  for (const char* const part :
       {"xpack.security.enrollment.enabled: true", "cluster.initial_master_nodes: [\"n1\"]",
        "\nhttp.host: 0.0.0.0\n"})
    CHECK(plain.find(part) != std::string::npos);
  struct Case {
    Settings settings;
    std::string absent;
  };
  for (const Case& each :
       std::vector<Case>{{{{"xpack.security.enrollment.enabled", "true"}}, "enrollment.enabled"},
                         {{{"xpack.security.enrollment.enabled", "false"}}, "enrollment.enabled"},
                         {{{"discovery.type", "single-node"}}, "initial_master_nodes"},
                         {{{"cluster.initial_master_nodes", List{"n1"}}}, "initial_master_nodes"},
                         {{{"network.host", "_site_"}}, "http.host"},
                         {{{"network.host", "_site_"}}, "transport.host"},
                         {{{"http.publish_host", "h"}}, "http.host"},
                         {{{"transport.bind_host", "h"}}, "transport.host"}})
    CHECK(block("", each.settings).find(each.absent) == std::string::npos);
  CHECK(block("", {{"node.name", "a\"b\\c"}}).find(R"(["a\"b\\c"])") != std::string::npos);
}

TEST_CASE("the yml block names PEM files where they were asked for") {
  const std::string block = launcher::with_security_block("", plain_settings(), 1700000000,
                                                          certgen::StoreFormat::kPem, nullptr);
  for (const std::string layer : {"http", "transport"})
    CHECK(block.find("  key: certs/" + layer + ".key\n  certificate: certs/" + layer +
                     ".crt\n  certificate_authorities: [\"certs/" + layer + "_ca.crt\"]\n") !=
          std::string::npos);
  CHECK(block.find("p12") == std::string::npos);
  CHECK(launcher::parse_yaml_settings(block, "block").ok());
}

TEST_CASE("the HTTP certificate names every address and host") {
  using Kind = certgen::SubjectAltName::Kind;
  const auto names = launcher::http_certificate_names(
      {"127.0.0.1", "::1", "127.0.0.1"}, "host",
      {{"network.publish_host", List{"10.0.0.1", "es.example.org"}}, {"http.publish_host", "host"}},
      {{Kind::kDns, "extra.example.org"}, {Kind::kIp, "::1"}});
  CHECK(names.size() == 7);
  for (const certgen::SubjectAltName& wanted :
       std::vector<certgen::SubjectAltName>{{Kind::kDns, "localhost"},
                                            {Kind::kDns, "host"},
                                            {Kind::kIp, "::1"},
                                            {Kind::kIp, "127.0.0.1"},
                                            {Kind::kIp, "10.0.0.1"},
                                            {Kind::kDns, "es.example.org"},
                                            {Kind::kDns, "extra.example.org"}})
    CHECK(std::find(names.begin(), names.end(), wanted) != names.end());
  CHECK_FALSE(launcher::interface_addresses().empty());
}

TEST_CASE("where a node takes HTTP is told from its settings and the interfaces") {
  const std::vector<launcher::InterfaceAddress> interfaces{
      {"lo", "127.0.0.1"},    {"lo", "::1"},           {"eth0", "169.254.1.1"}, {"eth0", "fe80::1"},
      {"eth0", "9.9.9.9"},    {"eth0", "2001:db8::9"}, {"eth1", "172.32.0.1"},  {"eth1", "fec0::7"},
      {"eth1", "172.31.0.1"}, {"eth2", "192.168.0.1"}};
  const auto host_of = [&](const Settings& settings) {
    return launcher::own_http_host(settings, interfaces);
  };
  const std::vector<std::pair<const char*, const char*>> cases{
      {"_local_", ""},
      {"_local:ipv6_", "::1"},
      {"0.0.0.0", ""},
      {"[::]", ""},
      {"_site_", "fec0::7"},
      {"_site:ipv4_", "172.31.0.1"},
      {"_site_,_local_", ""},
      {"_global_", "9.9.9.9"},
      {"_global:ipv6_", "2001:db8::9"},
      {"_eth0_", "9.9.9.9"},
      {"_eth2:ipv4_", "192.168.0.1"},
      {"_eth2:ipv6_", ""},
      {"_eth9_", ""},
      {"_", ""},
      {"[::1]", "::1"},
      {"es.example.org,10.0.0.1", "es.example.org"}};
  for (const auto& [value, host] : cases) {
    CAPTURE(value);
    CHECK(host_of({{"network.host", value}}) == host);
  }
  CHECK(host_of({}).empty());
  CHECK(host_of({{"network.host", "_site_"}, {"http.host", "0.0.0.0"}}).empty());
  CHECK(host_of({{"network.host", "_site_"}, {"network.bind_host", "_eth2_"}}) == "192.168.0.1");
  CHECK(host_of({{"http.bind_host", "_eth2_"}, {"http.host", "a"}}) == "192.168.0.1");
}

TEST_CASE("the stderr filter drops whole lines, however they are cut into pieces") {
  const std::string vector_warning = "WARNING: Using incubator modules: jdk.incubator.vector";
  const std::string zone_warning =
      "WARNING: Use of the three-letter time zone ID \"EST\" is deprecated and it will be removed "
      "in "
      "a future release";
  const std::string text = "a\n\x18\n" + vector_warning + "\r\n" + zone_warning + "\n\nb\r" +
                           vector_warning + " and more\nWARNING: Use of\nend";
  const std::string expected = "a\n\nb\n" + vector_warning + " and more\nWARNING: Use of\nend";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    std::vector<std::string> pieces;
    for (std::size_t at = 0; at < text.size(); at += size) pieces.push_back(text.substr(at, size));
    bool ready = false;
    CHECK(filtered(pieces, &ready) == expected);
    CHECK(ready);
  }
  bool ready = true;
  CHECK(filtered({"x\x18\n"}, &ready) == "x\x18\n");
  CHECK_FALSE(ready);
  CHECK(filtered({std::string(5000, 'x')}) == std::string(5000, 'x'));
  const std::string long_zone =
      "WARNING: Use of the three-letter time zone ID " + std::string(900, 'z');
  CHECK(filtered({long_zone + "\n"}) == long_zone + "\n");
}
