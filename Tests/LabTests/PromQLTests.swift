import JSONTree
import Testing

@testable import Lab

struct PromQLTests {
    struct Refused: Sendable, CustomTestStringConvertible {
        var query: String
        var error: String
        var testDescription: String { query }

        init(_ query: String, _ error: String) {
            self.query = query
            self.error = error
        }
    }

    @Test(arguments: [
        Refused("sum(", "1:5: parse error: unexpected end of input"),
        Refused("", "1:1: parse error: no expression found in input"),
        Refused("1 +", "1:4: parse error: unexpected end of input"),
        Refused("a b", "1:3: parse error: unexpected identifier \"b\""),
        Refused(
            "a{b}",
            "1:4: parse error: unexpected \"}\" in label matching, "
                + "expected label matching operator"),
        Refused(
            "a{b=c}",
            "1:5: parse error: unexpected identifier \"c\" in label matching, "
                + "expected string"),
        Refused("(1", "1:1: parse error: unclosed left parenthesis"),
        Refused("\"a", "1:1: parse error: unterminated quoted string"),
        Refused("a $ b", "1:3: parse error: unexpected character: '$'"),
        Refused("nosuch(a)", "1:1: parse error: unknown function with name \"nosuch\""),
        Refused(
            "rate(a)",
            "1:1: parse error: expected type range vector in call to function "
                + "\"rate\", got instant vector"),
        Refused(
            "sum(a[5m])",
            "1:1: parse error: expected type instant vector in aggregation "
                + "expression, got range vector"),
        Refused(
            "a[5m] + 1",
            "1:7: parse error: binary expression must contain only scalar and "
                + "instant vector types"),
        Refused("1 > 2", "1:3: parse error: comparisons between scalars must use BOOL modifier"),
        Refused(
            "a or 1",
            "1:3: parse error: set operator \"or\" not allowed in binary scalar "
                + "expression"),
        Refused(
            "{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
        Refused(
            "a{b=~\"(\"}", "1:6: parse error: error parsing regexp: missing closing ): `(`"),
        Refused(
            "a[x]", "1:3: parse error: unexpected identifier \"x\" in range, expected duration"),
        Refused(
            "rate(a[1m], 2)",
            "1:1: parse error: expected 1 argument(s) in call to \"rate\", got 2"),
        Refused("a[99999999999999999y]", "1:3: parse error: duration out of range"),
        Refused("a[2000y]", "1:3: parse error: duration out of range"),
        Refused(
            "time() offset 5m",
            "1:8: parse error: offset modifier must be preceded by an instant vector selector or "
                + "range vector selector or a subquery"),
    ])
    func refuses(_ refused: Refused) {
        do {
            _ = try PromQLParser.read(refused.query)
            Issue.record("it was read")
        } catch {
            #expect("\(error)" == refused.error)
        }
    }

    @Test(arguments: [
        "a", "a{}", "a{b=\"c\",}", "a{b!~'c|d'}", "{__name__=~\"istio_.*\"}",
        "sum by (a, b) (rate(x[5m]))", "sum(rate(x[5m])) by (a)", "sum without () (x)",
        "rate(x{a=\"b\"}[1h30m] offset 5m)", "x offset -5m", "-x ^ 2", "a # words",
        "histogram_quantile(0.99, sum by (le) (rate(x_bucket[5m])))",
        "a / on(b) c", "a / ignoring(b) c", "a > bool 1", "a and b or c unless d",
        "scalar(x) + 1e3 - .5", "topk(3, x)", "clamp_min(x, 1)", "(((x)))", "inf > bool nan",
    ])
    func reads(_ query: String) throws {
        _ = try PromQLParser.read(query)
    }

    struct Sum: Sendable, CustomTestStringConvertible {
        var query: String
        var value: String
        var testDescription: String { query }

        init(_ query: String, _ value: String) {
            self.query = query
            self.value = value
        }
    }

    @Test(arguments: [
        Sum("1 + 2 * 3", "7"), Sum("(1 + 2) * 3", "9"), Sum("2 ^ 3 ^ 2", "512"),
        Sum("-2 ^ 2", "-4"), Sum("1 - 2 - 3", "-4"), Sum("7 % 4", "3"), Sum("1 / 0", "+Inf"),
        Sum("-1 / 0", "-Inf"), Sum("0 / 0", "NaN"), Sum("1 > bool 2", "0"),
        Sum("2 >= bool 2", "1"), Sum("1e3", "1000"), Sum("0.1 + 0.2", "0.30000000000000004"),
        Sum("1 / 80000", "0.0000125"), Sum("1 / 8000000", "1.25e-7"),
        Sum("10 ^ 20 * 1.5", "150000000000000000000"), Sum("10 ^ 22", "1e+22"),
        Sum("time()", "1767614400"), Sum("scalar(vector(4))", "4"), Sum("scalar(nothing)", "NaN"),
    ])
    func reckons(_ sum: Sum) {
        var scene = MeshScene()
        let answer = scene.ask(sum.query)
        #expect(answer.at("data", "resultType")?.text == "scalar")
        #expect(answer.at("data", "result")?.items?.last?.text == sum.value)
    }

    /// Over `a`: v1 6000 at status 200, v2 1800 at 200 and 200 at 500.
    @Test(arguments: [
        Sum("sum(a)", "{} 8000"),
        Sum("sum by (response_code) (a)", "{200} 7800, {500} 200"),
        Sum("count by (destination_version) (a)", "{v1} 1, {v2} 2"),
        Sum("avg(a)", "{} 2666.6666666666665"),
        Sum("min(a)", "{} 200"), Sum("max(a)", "{} 6000"), Sum("group(a)", "{} 1"),
        Sum("quantile(0.5, a)", "{} 1800"),
        Sum("max by (destination_version) (a > 1000)", "{v1} 6000, {v2} 1800"),
        Sum("sum(a > bool 1000)", "{} 2"),
        Sum("sum by (response_code) (a) / 100", "{200} 78, {500} 2"),
        Sum("100 - sum by (response_code) (a) / 100", "{200} 22, {500} 98"),
        Sum("sum(a{response_code=~\"5..\"}) / sum(a)", "{} 0.025"),
        Sum("sum(a{response_code!~\"2.*\"})", "{} 200"),
        Sum("sum(a{response_code!=\"200\"})", "{} 200"),
        Sum("sum(a{response_code=\"404\"})", ""),
        Sum("sum(a{response_code=\"404\"}) / sum(a)", ""),
        Sum("sum(a{response_code=\"404\"}) or vector(0)", "{} 0"),
        Sum("(sum(a{response_code=\"404\"}) or vector(0)) / sum(a)", "{} 0"),
        Sum("sum(a{response_code=\"500\"}) or vector(0)", "{} 200"),
        Sum("vector(0) / vector(0)", "{} NaN"),
        Sum(
            "sum by (destination_version) (a{response_code=\"500\"})"
                + " / sum by (destination_version) (a)", "{v2} 0.1"),
        Sum(
            "sum by (destination_version, response_code) (a) / on(destination_version)"
                + " sum by (destination_version) (a{response_code=\"500\"})", "many-to-many"),
        Sum(
            "sum by (destination_version) (a) and sum by (destination_version) (a > 4000)",
            "{v1} 6000"),
        Sum("sum by (response_code) (a) unless sum by (response_code) (a > 1000)", "{500} 200"),
        Sum("topk(1, sum by (destination_version) (a))", "{v1} 6000"),
        Sum("bottomk(1, sum by (destination_version) (a))", "{v2} 2000"),
        Sum("topk(NaN, a)", ""), Sum("topk(-Inf, a)", ""), Sum("sum(topk(Inf, a))", "{} 8000"),
        Sum("sum(quantile(NaN, a))", "{} NaN"), Sum("max(count_over_time(a[900y]))", "{} 20"),
        Sum("clamp_min(sum by (response_code) (a), 1000)", "{200} 7800, {500} 1000"),
        Sum("clamp_max(sum(a), 10)", "{} 10"), Sum("clamp(sum(a), 1, 3)", "{} 3"),
        Sum("-sum(a)", "{} -8000"), Sum("absent(a)", ""),
        Sum("absent(a{response_code=\"404\"})", "{404} 1"),
        Sum("sum(a) * scalar(sum(a{response_code=\"500\"}))", "{} 1600000"),
        Sum("round(sum(a) / 3)", "{} 2667"), Sum("count(a{nolabel=\"\"})", "{} 3"),
        Sum("sum(rate(a[30s]))", "{} 80"), Sum("sum(increase(a[30s]))", "{} 2400"),
        Sum("sum(irate(a[30s]))", "{} 80"), Sum("sum(max_over_time(a[30s]))", "{} 8000"),
        Sum("max(count_over_time(a[30s]))", "{} 6"),
        Sum("sum(a offset 50s)", "{} 4000"), Sum("sum(rate(a[30s] offset 50s))", "{} 80"),
    ])
    func computes(_ sum: Sum) {
        var settings = MeshScene.steady(gatewayShare: 0)
        settings.versions["v2"] = VersionBehavior(errorRate: 0.1)
        settings.loads[0].perSecond = 80
        var scene = MeshScene(settings)
        scene.begin()
        scene.pods("v2", 1)
        scene.weights([("v1", 75), ("v2", 25)])
        scene.notice()
        scene.pass(.seconds(100))
        let name = #"istio_requests_total{reporter="source","#
        let query = sum.query.replacing("a{", with: name)
            .replacing("(a)", with: "(\(name)})").replacing("(a ", with: "(\(name)} ")
            .replacing("(a[", with: "(\(name)}[").replacing(", a)", with: ", \(name)})")
        let answer = scene.ask(query)
        if sum.value == "many-to-many" {
            #expect(answer["errorType"]?.text == "execution")
            #expect(answer["error"]?.text?.hasPrefix("found duplicate series") == true)
            return
        }
        #expect(answer["error"] == nil)
        let shown = (answer.at("data", "result")?.items ?? []).map { item in
            let labels = (item["metric"]?.members ?? [:]).map { $0.value.text ?? "" }
            let known = labels.filter { ["v1", "v2", "200", "500", "404"].contains($0) }
            return "{\(known.joined(separator: ","))} \(item["value"]?.items?.last?.text ?? "")"
        }
        #expect(shown.sorted().joined(separator: ", ") == sum.value)
    }
}
