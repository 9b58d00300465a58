package org.bitdistillery;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The rooms of the house and the one way that data flows between them (docs/architecture.md).
class ArchitectureTest {

    private static final String ROOT = "org.bitdistillery";
    private static JavaClasses product;

    @BeforeAll
    static void importProduct() {
        product = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages(ROOT);
    }

    @Test
    void onlyTheWindowSeesJavaFx() {
        noClasses().that().resideOutsideOfPackages(ROOT + ".ui..").and().doNotHaveFullyQualifiedName(ROOT + ".Main")
                .should().dependOnClassesThat(resideInAnyPackage("javafx..", "org.controlsfx..", "eu.hansolo..", "atlantafx.."))
                .check(product);
    }

    @Test
    void onlyTheTrainingSideSeesDjl() {
        noClasses().that().resideOutsideOfPackages(
                        ROOT + ".model..", ROOT + ".train..", ROOT + ".data..", ROOT + ".quant..", ROOT + ".pipeline..")
                .should().dependOnClassesThat(resideInAPackage("ai.djl.."))
                .check(product);
    }

    @Test
    void configurationEventsAndPlatformStandAlone() {
        knowsNothingElse("config");
        knowsNothingElse("event");
        knowsNothingElse("platform", "config");
        knowsNothingElse("analysis", "event");
        knowsNothingElse("tensorfile", "config", "quant");
        knowsNothingElse("llamacpp", "config", "platform");
    }

    @Test
    void theEnginesDoNotKnowTraining() {
        noClasses().that().resideInAnyPackage(ROOT + ".inference..", ROOT + ".bench..", ROOT + ".export..")
                .should().dependOnClassesThat(resideInAnyPackage(ROOT + ".train..", ROOT + ".pipeline..", ROOT + ".data.."))
                .check(product);
    }

    @Test
    void theModelLibraryNeitherTrainsNorRuns() {
        knowsNothingElse("hub", "config", "platform", "analysis", "event", "quant", "tensorfile", "model");
    }

    @Test
    void onlyCommandLineAndWindowCallRun() {
        noClasses().that().resideOutsideOfPackages(ROOT + ".run..", ROOT + ".study..", ROOT + ".cli..", ROOT + ".ui..")
                .should().dependOnClassesThat(resideInAPackage(ROOT + ".run.."))
                .check(product);
    }

    @Test
    void nothingCallsTheWindowOrTheCommandLine() {
        noClasses().that().resideOutsideOfPackages(ROOT + ".ui..", ROOT)
                .should().dependOnClassesThat(resideInAPackage(ROOT + ".ui.."))
                .check(product);
        noClasses().that().resideOutsideOfPackages(ROOT + ".cli..", ROOT)
                .should().dependOnClassesThat(resideInAPackage(ROOT + ".cli.."))
                .check(product);
    }

    @Test
    void theWindowNeverTrains() {
        noClasses().that().resideInAPackage(ROOT + ".ui..")
                .should().dependOnClassesThat(resideInAnyPackage(
                        ROOT + ".train..", ROOT + ".model..", ROOT + ".pipeline..", ROOT + ".inference..", ROOT + ".data.."))
                .check(product);
    }

    @Test
    void viewModelsHaveNoControls() {
        noClasses().that().haveSimpleNameEndingWith("ViewModel")
                .should().dependOnClassesThat(resideInAnyPackage("javafx.scene..", "javafx.stage..", "org.controlsfx.."))
                .check(product);
    }

    @Test
    void roomsHaveNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(product);
    }

    @Test
    void nothingStaticChanges() {
        noFields().that().areStatic().and().areDeclaredInClassesThat().areNotAnonymousClasses()
                .should().notBeFinal()
                .check(product);
    }

    private static void knowsNothingElse(String room, String... alsoAllowed) {
        DescribedPredicate<JavaClass> allowed = resideInAPackage(ROOT + "." + room + "..");
        for (String other : alsoAllowed) {
            allowed = allowed.or(resideInAPackage(ROOT + "." + other + ".."));
        }
        classes().that().resideInAPackage(ROOT + "." + room + "..")
                .should().onlyDependOnClassesThat(allowed.or(DescribedPredicate.not(resideInAPackage(ROOT + ".."))))
                .check(product);
    }
}
