package io.yiwang.model.domain;

import com.ezylang.evalex.Expression;
import com.ezylang.evalex.config.ExpressionConfiguration;
import com.ezylang.evalex.config.MapBasedFunctionDictionary;
import com.ezylang.evalex.data.EvaluationValue;
import com.ezylang.evalex.functions.AbstractFunction;
import com.ezylang.evalex.functions.FunctionIfc;
import com.ezylang.evalex.functions.FunctionParameter;
import com.ezylang.evalex.parser.ASTNode;
import com.ezylang.evalex.parser.ParseException;
import com.ezylang.evalex.parser.Token;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic of packs, compiled to plain double arithmetic. The grammar is EvalEx's; what names mean is decided by the {@link
 * Vocabulary} of the place where the formula stands. Truth is 1, falsehood 0; angles are degrees.
 *
 * <p>Everywhere: {@code + - * / % ^}, comparisons, {@code && || !}, {@code IF MIN MAX ABS SQRT EXP LN SIN COS ROUND FLOOR CEILING
 * CLAMP}.
 */
public final class Formula {
    private static final double TRUE = 1;
    private static final double FALSE = 0;
    private static final Set<String> ARITHMETIC =
            Set.of("IF", "MIN", "MAX", "ABS", "SQRT", "EXP", "LN", "SIN", "COS", "ROUND", "FLOOR", "CEILING", "CLAMP");

    private Formula() {}

    /** A compiled formula or a part of one: a number as a function of what the place offers. */
    @FunctionalInterface
    public interface Term<C> {
        double in(C context);
    }

    /**
     * An argument of a function. It is not evaluated before the call, so that a function may ask for it at another time or place.
     *
     * @param word the text of a string argument or the name of a variable; null for anything else
     * @param term null for a string argument
     */
    public record Argument<C>(
            @Nullable String word, @Nullable Term<C> term) {

        /** @throws IllegalArgumentException when the argument is a text */
        public Term<C> number() {
            if (term == null) {
                throw new IllegalArgumentException("'" + word + "' stands where a number is needed");
            }
            return term;
        }

        /** @throws IllegalArgumentException when the argument is a calculation */
        public String name() {
            if (word == null) {
                throw new IllegalArgumentException("a calculation stands where a name is needed");
            }
            return word;
        }
    }

    /** What names mean at one place. Both methods throw {@link IllegalArgumentException} for what they do not know. */
    public interface Vocabulary<C> {
        Term<C> variable(String name);

        /** Names of functions beyond arithmetic, upper case. */
        Set<String> functions();

        Term<C> call(String function, List<Argument<C>> arguments);
    }

    /**
     * @throws IllegalArgumentException with the formula and the reason when it cannot be read or uses what is not there
     */
    public static <C> Term<C> compile(String text, Vocabulary<C> vocabulary) {
        try {
            return term(tree(text, vocabulary.functions()), vocabulary);
        } catch (ParseException | IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "': " + e.getMessage(), e);
        }
    }

    private static ASTNode tree(String text, Set<String> functions) throws ParseException {
        try {
            return new Expression(text, configuration(functions)).getAbstractSyntaxTree();
        } catch (RuntimeException e) {
            // The parser runs out of operands in ways of its own, e.g. at a bracket that nothing opened.
            throw new IllegalArgumentException("it cannot be read; are its brackets and commas where they belong?", e);
        }
    }

    private static ExpressionConfiguration configuration(Set<String> functions) {
        var all = new HashMap<String, FunctionIfc>();
        ARITHMETIC.forEach(name -> all.put(name, AnyFunction.ONLY));
        functions.forEach(name -> all.put(name, AnyFunction.ONLY));
        return ExpressionConfiguration.builder()
                .functionDictionary(
                        MapBasedFunctionDictionary.ofFunctions(all.entrySet().toArray(Map.Entry[]::new)))
                .implicitMultiplicationAllowed(false)
                .arraysAllowed(false)
                .structuresAllowed(false)
                .build();
    }

    /** Only tells the parser that the name is a function. */
    @FunctionParameter(name = "arguments", isVarArg = true)
    private static final class AnyFunction extends AbstractFunction {
        private static final AnyFunction ONLY = new AnyFunction();

        @Override
        public EvaluationValue evaluate(Expression expression, Token token, EvaluationValue... arguments) {
            throw new UnsupportedOperationException("formulas are compiled");
        }
    }

    private static <C> Term<C> term(ASTNode node, Vocabulary<C> vocabulary) {
        var token = node.getToken();
        return switch (token.getType()) {
            case NUMBER_LITERAL -> constant(number(token.getValue()));
            case VARIABLE_OR_CONSTANT -> variable(token.getValue(), vocabulary);
            case PREFIX_OPERATOR ->
                prefix(token.getValue(), term(node.getParameters().get(0), vocabulary));
            case INFIX_OPERATOR ->
                infix(
                        token.getValue(),
                        term(node.getParameters().get(0), vocabulary),
                        term(node.getParameters().get(1), vocabulary));
            case FUNCTION -> call(token.getValue().toUpperCase(Locale.ROOT), node.getParameters(), vocabulary);
            default -> throw new IllegalArgumentException("'" + token.getValue() + "' is not arithmetic");
        };
    }

    private static double number(String text) {
        return text.startsWith("0x") ? Long.decode(text) : Double.parseDouble(text);
    }

    private static <C> Term<C> constant(double value) {
        return context -> value;
    }

    private static <C> Term<C> variable(String name, Vocabulary<C> vocabulary) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "PI" -> constant(Math.PI);
            case "TRUE" -> constant(TRUE);
            case "FALSE" -> constant(FALSE);
            default -> vocabulary.variable(name);
        };
    }

    private static <C> Term<C> prefix(String operator, Term<C> a) {
        return switch (operator) {
            case "-" -> c -> -a.in(c);
            case "+" -> a;
            case "!" -> c -> truth(a.in(c) == FALSE);
            default -> throw new IllegalArgumentException("unknown operator " + operator);
        };
    }

    private static double truth(boolean value) {
        return value ? TRUE : FALSE;
    }

    private static <C> Term<C> infix(String operator, Term<C> a, Term<C> b) {
        return switch (operator) {
            case "+" -> c -> a.in(c) + b.in(c);
            case "-" -> c -> a.in(c) - b.in(c);
            case "*" -> c -> a.in(c) * b.in(c);
            case "/" -> c -> a.in(c) / b.in(c);
            case "%" -> c -> a.in(c) % b.in(c);
            case "^" -> c -> Math.pow(a.in(c), b.in(c));
            case "<" -> c -> truth(a.in(c) < b.in(c));
            case "<=" -> c -> truth(a.in(c) <= b.in(c));
            case ">" -> c -> truth(a.in(c) > b.in(c));
            case ">=" -> c -> truth(a.in(c) >= b.in(c));
            case "=", "==" -> c -> truth(a.in(c) == b.in(c));
            case "!=", "<>" -> c -> truth(a.in(c) != b.in(c));
            case "&&" -> c -> truth(a.in(c) != FALSE && b.in(c) != FALSE);
            case "||" -> c -> truth(a.in(c) != FALSE || b.in(c) != FALSE);
            default -> throw new IllegalArgumentException("unknown operator " + operator);
        };
    }

    private static <C> Term<C> call(String name, List<ASTNode> nodes, Vocabulary<C> vocabulary) {
        var arguments = new ArrayList<Argument<C>>();
        for (var node : nodes) {
            var token = node.getToken();
            switch (token.getType()) {
                case STRING_LITERAL -> arguments.add(new Argument<>(token.getValue(), null));
                case VARIABLE_OR_CONSTANT -> arguments.add(new Argument<>(token.getValue(), term(node, vocabulary)));
                default -> arguments.add(new Argument<>(null, term(node, vocabulary)));
            }
        }
        return vocabulary.functions().contains(name)
                ? vocabulary.call(name, arguments)
                : arithmetic(name, arguments.stream().map(Argument::number).toList());
    }

    private static <C> Term<C> arithmetic(String name, List<Term<C>> x) {
        return switch (name) {
            case "MIN" -> fold(x, name, Math::min);
            case "MAX" -> fold(x, name, Math::max);
            case "IF" -> {
                var t = exactly(3, name, x);
                yield c -> t.get(0).in(c) != FALSE ? t.get(1).in(c) : t.get(2).in(c);
            }
            case "CLAMP" -> {
                var t = exactly(3, name, x);
                yield c -> Math.max(
                        t.get(1).in(c), Math.min(t.get(2).in(c), t.get(0).in(c)));
            }
            case "ROUND" -> {
                var t = exactly(2, name, x);
                yield c -> {
                    var scale = Math.pow(10, t.get(1).in(c));
                    return Math.rint(t.get(0).in(c) * scale) / scale;
                };
            }
            case "ABS" -> one(name, x, Math::abs);
            case "SQRT" -> one(name, x, Math::sqrt);
            case "EXP" -> one(name, x, Math::exp);
            case "LN" -> one(name, x, Math::log);
            case "SIN" -> one(name, x, degrees -> Math.sin(Math.toRadians(degrees)));
            case "COS" -> one(name, x, degrees -> Math.cos(Math.toRadians(degrees)));
            case "FLOOR" -> one(name, x, Math::floor);
            case "CEILING" -> one(name, x, Math::ceil);
            default -> throw new IllegalArgumentException("unknown function " + name);
        };
    }

    private static <C> Term<C> one(String name, List<Term<C>> x, DoubleUnaryOperator f) {
        var a = exactly(1, name, x).get(0);
        return c -> f.applyAsDouble(a.in(c));
    }

    private static <C> Term<C> fold(List<Term<C>> x, String name, DoubleBinaryOperator f) {
        if (x.isEmpty()) {
            throw new IllegalArgumentException(name + " needs arguments");
        }
        return x.stream()
                .reduce((a, b) -> c -> f.applyAsDouble(a.in(c), b.in(c)))
                .orElseThrow();
    }

    private static <C> List<Term<C>> exactly(int count, String name, List<Term<C>> x) {
        if (x.size() != count) {
            throw new IllegalArgumentException(name + " takes " + count + " arguments, not " + x.size());
        }
        return x;
    }
}
