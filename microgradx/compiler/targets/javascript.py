"""JavaScript: the program as a function for a page, which computes without Python."""

from microgradx.compiler.bounds import hidden
from microgradx.compiler.dialects import JAVASCRIPT
from microgradx.compiler.program import Program
from microgradx.compiler.writer import Writer

RESERVED = {
    *("Math", "Number", "inputs", "outputs", "arguments", "eval", "undefined", "null", "true"),
    *("false", "const", "let", "var", "function", "new", "case", "catch", "debugger", "default"),
    *("delete", "do", "enum", "export", "extends", "instanceof", "super", "switch", "this"),
    *("throw", "typeof", "void", "await", "static", "implements", "interface", "package"),
    *("private", "protected", "public"),  # besides those of Python, which no name is
}


def source(program: Program, title: str) -> str:
    """A function from an array of all inputs to an array of all outputs.

    It returns null where a guard fails, or where something is not finite.

    Raises:
        NotImplementedError: If JavaScript has no such function, as erf.
    """
    others = hidden(program)
    kept = {*others, *(x for x in program.outputs if isinstance(x, int))}
    writer = Writer(program, JAVASCRIPT, RESERVED, kept)
    title = writer.name(title)
    lines = [f"const [{', '.join(writer.text(i) for i in range(program.inputs))}] = inputs;"]
    instructions = range(program.inputs, len(program.instructions))
    for statements, guard in writer.between(instructions, program.guards):
        for name, text, note, _ in statements:
            lines.append(f"const {name} = {text};" + (f" // {note}" if note else ""))
        if guard:
            sign = {"==": "===", "!=": "!=="}.get(guard.sign, guard.sign)
            held = writer.compared(guard._replace(sign=sign))
            lines.append(f"if ({held if not guard.outcome else f'!({held})'}) return null;")
    outputs = ", ".join(writer.text(x) for x in program.outputs)
    looked_at = ", ".join(["...outputs", *(writer.text(i) for i in others)])
    lines.append(f"const outputs = [{outputs}];")
    lines.append(f"return [{looked_at}].every(Number.isFinite) ? outputs : null;")
    return "\n".join([f"function {title}(inputs) {{", *(f"  {line}" for line in lines), "}", ""])
