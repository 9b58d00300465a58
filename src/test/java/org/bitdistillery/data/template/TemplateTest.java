package org.bitdistillery.data.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bitdistillery.config.InvalidInput;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What templates make is compared with Jinja2 3.1.6 for Python.
///
/// `cases.json` was written by a script around `ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)` with loop
/// controls, `raise_exception` and `tojson` by `json.dumps(ensure_ascii=False)`, which is how transformers renders chat templates: six
/// templates written with the constructs of published ones over twelve conversations, and one-line templates for each construct.
/// `qwen3.json` holds what the same made of the real Qwen3 template, which is not part of this project.
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TemplateTest {

    private static JsonNode resource(String name) throws Exception {
        try (InputStream in = TemplateTest.class.getResourceAsStream("/chat-templates/" + name)) {
            return JsonMapper.shared().readTree(in);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> variables(JsonNode node) {
        return JsonMapper.shared().convertValue(node, Map.class);
    }

    private static void check(String template, JsonNode reference) {
        if (reference.has("expected")) {
            assertThat(Template.parse(template, "a.jinja").render(variables(reference.path("variables"))))
                    .isEqualTo(reference.path("expected").asString());
        } else {
            assertThatThrownBy(() -> Template.parse(template, "a.jinja").render(variables(reference.path("variables"))))
                    .isInstanceOf(InvalidInput.class).hasMessageStartingWith("a.jinja cannot be used as a template, ");
        }
    }

    @TestFactory
    Stream<DynamicTest> templatesLikePublishedOnesMakeWhatJinjaMakes() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode chat : resource("cases.json").path("chat")) {
            for (JsonNode reference : chat.path("cases")) {
                tests.add(DynamicTest.dynamicTest(chat.path("name").asString() + ": " + reference.path("name").asString(),
                        () -> check(chat.path("template").asString(), reference)));
            }
        }
        assertThat(tests).hasSizeGreaterThan(60);
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> constructsMakeWhatJinjaMakes() throws Exception {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode reference : resource("cases.json").path("features")) {
            tests.add(DynamicTest.dynamicTest(reference.path("template").asString(), () -> check(reference.path("template").asString(), reference)));
        }
        assertThat(tests).hasSizeGreaterThan(70);
        return tests.stream();
    }

    @Test
    void theRealQwen3TemplateMakesWhatJinjaMakes() throws Exception {
        Path config = Path.of("../shared/data/tokenizers/qwen3/tokenizer_config.json");
        Assumptions.assumeTrue(Files.exists(config), "the shared tokenizer of Qwen3 is not here");
        String template = JsonMapper.shared().readTree(config).path("chat_template").asString();
        for (JsonNode reference : resource("qwen3.json")) {
            check(template, reference);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            {% include 'x' %} ; line 1: {% include %} is not supported
            {% for x in y recursive %}{% endfor %} ; line 1: recursive loops are not supported
            {{ 'x'|wordwrap }} ; line 1: the filter wordwrap is not supported
            {{ x is callable_once }} ; line 1: the test callable_once is not supported
            {{ strftime_now('%Y') }} ; line 1: the function strftime_now is not supported
            {{ 'x'.format(1) }} ; line 1: the method format of a text is not supported
            {{ 'x'.getClass() }} ; line 1: the method getClass of a text is not supported
            {{ raise_exception('Not two users.') }} ; line 1: the template itself refuses: Not two users.
            {% if true %} ; line 1: the template ends without {% endif %}
            """)
    void whatIsNotSupportedIsNamedWithItsLine(String template, String message) {
        assertThatThrownBy(() -> Template.parse(template, "a.jinja").render(Map.of())).isInstanceOf(InvalidInput.class).hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '`', textBlock = """
            {% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(9999) %}x{% endfor %}{% endfor %}{% endfor %}
            {{ range(10 ** 15) }}
            {{ 'x' * 10 ** 15 }}
            {{ range(99999999999) }}
            {% set ns = namespace(s='xxxxxxxx') %}{% for i in range(60) %}{% set ns.s = ns.s + ns.s %}{% endfor %}{{ ns.s }}
            {% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}{{ ns.l }}
            {% set ns = namespace(s='xxxxxxxx') %}{% for i in range(60) %}{% set ns.s = ns.s.replace('x', 'xx') %}{% endfor %}
            {% set ns = namespace(l=[1]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}
            {% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}
            {% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l|tojson }}
            {% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l == ns.l + [] }}
            {% macro f(x) %}{{ f(x) }}{{ f(x) }}{% endmacro %}{{ f(1) }}
            """)
    void templatesThatNeverEndOrGrowWithoutEndAreRefused(String template) {
        assertThatThrownBy(() -> Template.parse(template, "a.jinja").render(Map.of())).isInstanceOf(InvalidInput.class);
    }

    @Test
    void nestingIsBounded() {
        for (String deep : List.of("{{ " + "(".repeat(100_000), "{{ " + "[".repeat(100_000), "{{ " + "not ".repeat(100_000) + "x }}",
                "{% if x %}".repeat(10_000), "{{ " + "-".repeat(100_000) + "1 }}", "{{ x" + "|trim".repeat(100_000) + " }}",
                "{{ 1" + " + 1".repeat(100_000) + " }}", "{{ x" + ".a".repeat(100_000) + " }}", "{{ " + "1 if 1 else ".repeat(100_000) + "1 }}")) {
            try {
                Template.parse(deep, "a.jinja").render(Map.of("x", "y"));
            } catch (InvalidInput e) {
                assertThat(e).hasMessageContaining("a.jinja");
            }
        }
    }

    /// Pieces of real constructs in random order, and characters changed: a text comes out, or a sentence.
    @Test
    void damagedTemplatesAreRenderedOrRefused() throws Exception {
        int mutations = Integer.getInteger("bitdistillery.mutations", 250);
        List<JsonNode> chats = new ArrayList<>();
        resource("cases.json").path("chat").forEach(chats::add);
        int rendered = 0;
        for (int seed = 0; seed < mutations; seed++) {
            Random random = new Random(seed);
            JsonNode chat = chats.get(seed % chats.size());
            StringBuilder template = new StringBuilder(chat.path("template").asString());
            for (int i = 0; i <= random.nextInt(4); i++) {
                int from = random.nextInt(template.length());
                int to = Math.min(template.length(), from + random.nextInt(12));
                int other = random.nextInt(template.length());
                switch (random.nextInt(3)) {
                    case 0 -> template.delete(from, to);
                    case 1 -> template.insert(other, template.substring(from, to));
                    default -> template.setCharAt(from, "{}%-'\"|.()[]:=,x1\\\n\u00e9".charAt(random.nextInt(20)));
                }
            }
            try {
                Template.parse(template.toString(), "a.jinja").render(variables(chat.path("cases").path(seed % 12).path("variables")));
                rendered++;
            } catch (InvalidInput e) {
                assertThat(e.getMessage()).as("seed " + seed).contains("a.jinja").doesNotContain("\tat ", "Exception:");
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                fail("seed " + seed + ": " + new String(template.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8), e);
            }
        }
        assertThat(rendered).isBetween(mutations / 10, mutations - 1);
    }
}
