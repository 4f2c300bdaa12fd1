/** Guards over the syntax tree of the Handlebars parser, whose types say less than its nodes contain. */

export function isContent(node: hbs.AST.Node): node is hbs.AST.ContentStatement {
  return node.type === 'ContentStatement';
}

export function isComment(node: hbs.AST.Node): boolean {
  return node.type === 'CommentStatement';
}

export function isMustache(node: hbs.AST.Node): node is hbs.AST.MustacheStatement {
  return node.type === 'MustacheStatement';
}

export function isBlock(node: hbs.AST.Node): node is hbs.AST.BlockStatement {
  return node.type === 'BlockStatement';
}

export function isPath(node: hbs.AST.Node): node is hbs.AST.PathExpression {
  return node.type === 'PathExpression';
}

export function isLiteral(
  node: hbs.AST.Node,
): node is hbs.AST.StringLiteral | hbs.AST.NumberLiteral | hbs.AST.BooleanLiteral {
  return node.type === 'StringLiteral' || node.type === 'NumberLiteral' || node.type === 'BooleanLiteral';
}

export function isEmptyLiteral(node: hbs.AST.Node): node is hbs.AST.NullLiteral | hbs.AST.UndefinedLiteral {
  return node.type === 'NullLiteral' || node.type === 'UndefinedLiteral';
}
