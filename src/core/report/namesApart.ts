/** Names, told apart by a number behind them where two are the same. */
export function namesApart(names: readonly string[]): readonly string[] {
  return names.map((name, index) => {
    if (names.indexOf(name) === names.lastIndexOf(name)) return name;
    return `${name} (${names.slice(0, index + 1).filter(other => other === name).length})`;
  });
}
